"""The public catalogue of rules and the self-check."""
