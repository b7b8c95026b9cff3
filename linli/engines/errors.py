"""What can go wrong in an engine: codes and values; the words are in each engine's `words.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["refused", "doubtful"]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one place of an input.

    `refused`: nothing can be made of the row (or file). `doubtful`: the row is taken in, the
    value is kept as written and marked 待核. `row` counts from 1 as the reader's own sheet
    shows it; `column` is the heading as written there; `value` is what stands in the cell.
    """

    code: str
    outcome: Outcome = "refused"
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The fault as plain data, for keeping beside its row; words are made when it is shown."""
        return {**vars(self), "params": dict(self.params)}


class EngineError(Exception):
    """Base of every error an engine raises on purpose: a code and its parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross from a limited child process to its parent whole."""
        return _again, (type(self), self.__dict__)


def _again(kind: type[EngineError], state: dict[str, Any]) -> EngineError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = (state["code"], state["params"])
    return error


class BadInput(EngineError):
    """The input cannot be used; `faults` names every reason at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("bad_input", count=len(faults))
        self.faults = tuple(faults)
