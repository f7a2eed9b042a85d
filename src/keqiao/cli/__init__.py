"""The ``keqiao`` command."""
