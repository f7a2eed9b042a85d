"""One subject at a time: the typed form as Python closures over a list of stored facts, with the trace."""
