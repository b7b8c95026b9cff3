"""The party app."""

from django.apps import AppConfig


class PartyConfig(AppConfig):
    name = "linli.party"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.party.accounts import listen

        listen()
