"""The operations, a router for each subject."""
