"""What can go wrong, as codes and values. The words stand in each block's `words.py`."""

from __future__ import annotations

from typing import Any


class LinliError(Exception):
    """An error meant for a person: a stable code and the values its sentence needs.

    `is_recorded`: a denial that stands in the audit record already, so that nobody further up writes it again.
    """

    status = 400
    is_recorded = False

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return self.code


class Refused(LinliError):
    """A rule or a permission says no."""

    status = 403


class NotFound(LinliError):
    """Nothing there, or nothing this actor may know of: the two answer alike."""

    status = 404

    def __init__(self, code: str = "core.not_found", **params: Any) -> None:
        super().__init__(code, **params)


class BadInput(LinliError):
    """What was given cannot be used."""

    status = 422


class Conflict(LinliError):
    """Somebody was quicker, or the same operation id came with other content."""

    status = 409


class Refusal:
    """What a rule answers when it says no: a code and the values of its sentence.

    >>> Refusal("need.closed", on="2026-03-01")
    Refusal('need.closed', on='2026-03-01')
    """

    __slots__ = ("code", "params")

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params

    def __repr__(self) -> str:
        values = "".join(f", {name}={value!r}" for name, value in self.params.items())
        return f"Refusal({self.code!r}{values})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Refusal) and (self.code, self.params) == (other.code, other.params)

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.params.items()))))


def stop_if(refusal: Refusal | None) -> None:
    """Raise `Refused` when a rule answered with a refusal."""
    if refusal is not None:
        raise Refused(refusal.code, **refusal.params)
