"""The matching app."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "linli.matching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.core.announce import listen
        from linli.matching.actions_guards import keep_apart

        listen("exclusion.added", keep_apart)
