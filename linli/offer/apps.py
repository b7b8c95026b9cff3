"""The offer app."""

from django.apps import AppConfig


class OfferConfig(AppConfig):
    name = "linli.offer"
    default_auto_field = "django.db.models.BigAutoField"
