"""The app ``api``."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The interface for programs under /api/v1."""

    name = "keqiao.platform.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
