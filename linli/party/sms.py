"""Text messages: what a sender must do, and the one for the demo. A county plugs in its own by LINLI_SMS."""

from __future__ import annotations

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Sender(Protocol):
    """Hands a short text to a telephone number; raises when it could not be handed over."""

    def send(self, phone: str, text: str) -> None: ...


class ConsoleSender:
    """Shows the message where the server was started. For the demo only: its people and numbers are invented."""

    def send(self, phone: str, text: str) -> None:
        if not settings.LINLI_DEMO:
            raise RuntimeError("ConsoleSender shows codes on the console and works in the demo only; set LINLI_SMS.")
        sys.stderr.write(f"[SMS → {phone}] {text}\n")


def sender() -> Sender:
    """The sender named by the settings."""
    made: Sender = import_string(settings.LINLI_SMS)()
    return made
