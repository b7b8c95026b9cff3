"""The need app."""

from django.apps import AppConfig


class NeedConfig(AppConfig):
    name = "linli.need"
    default_auto_field = "django.db.models.BigAutoField"
