"""The app ``catalogue``."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The public catalogue of rules and the self-check."""

    name = "keqiao.platform.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
