"""Places, authority offices, banks and other institutions."""
