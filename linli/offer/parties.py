"""The five parties of 五社联动 who give: code → (Chinese, English), and how a sheet may spell them.

Pure: no Django, no database. An offers table names a party by its Chinese word, the database by its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PARTIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "community": ("社区", "Community"),
        "worker": ("社工", "Social worker"),
        "organisation": ("社会组织", "Social organisation"),
        "volunteer": ("志愿者", "Volunteer"),
        "charity": ("慈善资源", "Charity"),
    }
)
_ALSO = {"organization": "organisation", "社区组织": "community", "慈善": "charity"}


def party_of(written: str) -> str | None:
    """The code of a party written as its code or in Chinese or English words; None for a word not known."""
    known = {word.casefold(): code for code, words in PARTIES.items() for word in (code, *words)}
    return (known | _ALSO).get(written.casefold())
