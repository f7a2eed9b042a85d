"""A queue in the database with progress, cancel, schedule and restart."""
