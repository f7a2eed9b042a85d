"""The app ``web``."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The frame, the component library and the pages that belong to no domain."""

    name = "keqiao.platform.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
