"""Runs over frozen snapshots, and where each enterprise stands."""
