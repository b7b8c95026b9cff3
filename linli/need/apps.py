"""The need app."""

from django.apps import AppConfig


class NeedConfig(AppConfig):
    name = "linli.need"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.core.announce import listen
        from linli.need.actions_merge import settle_flags
        from linli.need.actions_ties import leave_no_need_alone

        listen("person.merging", settle_flags)
        listen("tie.ended", leave_no_need_alone)
