"""The app ``audit``."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only chain of events."""

    name = "keqiao.platform.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the site's health say whether the database knows the kept head of the chain."""
        from keqiao.platform.audit import heads
        from keqiao.platform.web.health import register_part

        register_part("audit", lambda: heads.standing().ok)
