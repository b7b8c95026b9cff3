"""The matching app."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "linli.matching"
    default_auto_field = "django.db.models.BigAutoField"
