"""Evidence files: what they are, whether they bear a mark of state secrecy, and where they lie encrypted."""
