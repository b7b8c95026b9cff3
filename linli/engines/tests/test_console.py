"""The language of a command."""

from __future__ import annotations

import pytest

from linli.engines.console import spoken


@pytest.mark.parametrize(
    ("asked", "around", "tongue"),
    [
        (None, None, "zh"),
        (None, "", "zh"),
        (None, "en", "en"),
        (None, "en_GB.UTF-8", "en"),
        (None, "zh", "zh"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("en", None, "en"),
    ],
)
def test_the_option_goes_before_the_environment(
    asked: str | None, around: str | None, tongue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINLI_LANG", raising=False)
    if around is not None:
        monkeypatch.setenv("LINLI_LANG", around)
    assert spoken(asked) == tongue
