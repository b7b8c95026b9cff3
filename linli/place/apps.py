"""The place app."""

from django.apps import AppConfig


class PlaceConfig(AppConfig):
    name = "linli.place"
    default_auto_field = "django.db.models.BigAutoField"
