"""The app ``enterprises``."""

from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    """Enterprises and the record of their facts: imports, declarations, evidence, objections, requests."""

    name = "keqiao.platform.enterprises"
    label = "enterprises"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what waits for whom."""
        from keqiao.platform.enterprises.todos import register_all

        register_all()
