"""The app ``accounts``."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, memberships, sessions, passwords and second factors."""

    name = "keqiao.platform.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
