"""The app ``assessments``."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Runs over frozen snapshots, and where each enterprise stands."""

    name = "keqiao.platform.assessments"
    label = "assessments"
    default_auto_field = "django.db.models.BigAutoField"
