"""Users, memberships, sessions, passwords and second factors."""
