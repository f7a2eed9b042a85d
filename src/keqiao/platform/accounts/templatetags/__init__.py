"""Tags of the login pages."""
