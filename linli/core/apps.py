"""The core app."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "linli.core"
    default_auto_field = "django.db.models.BigAutoField"
