"""The app ``institutions``."""

from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    """Places, authority offices, banks and other institutions."""

    name = "keqiao.platform.institutions"
    label = "institutions"
    default_auto_field = "django.db.models.BigAutoField"
