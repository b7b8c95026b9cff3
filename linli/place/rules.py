"""What a division code says by itself. No database."""

from __future__ import annotations

LEVEL_BY_LENGTH = {9: "town", 12: "community", 15: "grid"}


def level_of(code: str) -> str | None:
    """The level a code stands for by its length and trailing zeros; None when it is no code.

    GB/T 2260 for six digits, GB/T 10114 for nine; twelve are the statistical code, fifteen ours.

    >>> [level_of(c) for c in ("320000", "320500", "320583", "320583100", "320583100001")]
    ['province', 'prefecture', 'county', 'town', 'community']
    """
    if not code.isdigit():
        return None
    if len(code) == 6:
        if code.endswith("0000"):
            return "province"
        return "prefecture" if code.endswith("00") else "county"
    return LEVEL_BY_LENGTH.get(len(code))


def parent_code(code: str) -> str | None:
    """The code one level up; None for a province or something that is no code."""
    level = level_of(code)
    if level == "county":
        return code[:4] + "00"
    if level == "prefecture":
        return code[:2] + "0000"
    if level in LEVEL_BY_LENGTH.values():
        return code[:-3]
    return None


def path_of(code: str) -> str:
    """The chain of codes from the province down, each followed by a slash."""
    chain = [code]
    while (above := parent_code(chain[0])) is not None:
        chain.insert(0, above)
    return "".join(f"{part}/" for part in chain)
