"""The written rules: YAML packs, their schema, loading by date, and lint."""
