"""The app ``jobs``."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """A queue in the database with progress, cancel, schedule and restart."""

    name = "keqiao.platform.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
