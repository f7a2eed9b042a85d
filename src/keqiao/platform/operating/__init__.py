"""Keeping a site: making it, checking it, serving it, backing it up; behind ``keqiao site``. Not a Django app."""
