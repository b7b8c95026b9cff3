"""Who may see what, written a second time from the prose of docs/security.md, section 2.

Nothing of the program is imported here on purpose: a slip in `decide` must not slip in here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.matrix.canaries import Marker
from tests.matrix.world import COUNTY, GRID, NEXT_TOWN, PERSONAL, SAFETY, SENSITIVE, SIBLING, TOWN, VILLAGE

# Whom a role lets near which kind of thing (core/policy.py is not read here).
STAFF = {"worker", "lead", "supervisor", "county", "secretary", "grid"}
ROLES_FOR = {
    "person": STAFF,
    "flag": {"worker", "lead", "supervisor", "secretary"},
    "need": {"worker", "lead", "supervisor", "secretary"},
    "need_proposals": {"worker", "lead", "supervisor"},
    "referral": {"worker", "lead", "supervisor", "org_manager"},
    "offer": STAFF | {"org_manager", "volunteer", "auditor"},
    "import": {"worker", "lead", "supervisor", "county", "secretary"},
}
CASE_TIES = {"assigned", "co-worker", "supervises", "referral"}
TIES_FOR = {"person": CASE_TIES | {"guardian", "self"}}
SELF_SERVICE = {"person", "need"}  # one's own file and one's own needs (PIPL 44–45)
SEEN_FROM_ANYWHERE = {"offer"}  # internal, no person in it
BY_PLACE_ALONE = {"import"}  # that lists came and how many rows: the office's own work; the rows are their sender's
# Objects lie in a village; which grants reach them.
REACHES = {
    VILLAGE: {VILLAGE, TOWN, COUNTY},
    NEXT_TOWN: {NEXT_TOWN, COUNTY},
    TOWN: {TOWN, COUNTY},
}
OTHER_PLACES = (GRID, SIBLING, NEXT_TOWN)

Time = Literal["before", "first", "during", "last", "after", "proposed", "ended"]
HELD = {"first", "during", "last"}
Factor = Literal["none", "second", "stale_second", "fresh", "stale_fresh"]
SECOND_HOLDS = {"second", "fresh", "stale_fresh"}


@dataclass(frozen=True)
class Standing:
    """How somebody stands to one object."""

    role: str
    place: str = VILLAGE
    time: str = "during"
    tie: str = "none"  # a kind, "self" (being that person), or none; "ended" and "to come" are none
    excluded: str = "no"  # by login, by person, from the household; "lifted" is no
    factor: str = "fresh"
    is_maker: bool = False  # of the import the cell is about

    @property
    def is_excluded(self) -> bool:
        return self.excluded in ("login", "person", "household")


def answer(who: Standing, kind: str, sensitivity: int, at: str) -> str:
    """What asking for the page of one thing must give: 200, 404, 403, or login for nobody known."""
    if who.role == "anonymous":
        return "login"
    if who.is_excluded and kind not in ("offer", "import"):
        return "404"
    is_self = who.tie == "self" and kind in SELF_SERVICE
    by_role = who.role in ROLES_FOR[kind] and who.time in HELD
    near = by_role and (who.place in REACHES[at] or (kind in SEEN_FROM_ANYWHERE and sensitivity <= 1))
    if not near and not is_self:
        is_secret = kind not in ("offer", "import")
        return "404" if is_secret or by_role else "403"
    if sensitivity >= SENSITIVE and kind not in BY_PLACE_ALONE and not is_self:
        if who.tie not in TIES_FOR.get(kind, CASE_TIES):
            return "404"
    if sensitivity >= SAFETY and who.factor != "fresh":
        return "403"
    if sensitivity >= SENSITIVE and who.factor not in SECOND_HOLDS:
        return "403"
    return "200"


def may_know(who: Standing, marker: Marker, *, tied_to: str) -> bool:
    """Whether a field's value may ever come before these eyes, on whatever page.

    `tied_to`: the one subject the standing's relationship and exclusion are about.
    """
    if who.role == "anonymous":
        return False
    tie = who.tie if marker.about == tied_to else "none"
    if marker.about == tied_to and who.is_excluded:
        return False
    if tie == "self":
        return _assured(who, marker.sensitivity)
    at = NEXT_TOWN if marker.about == "neighbour" else VILLAGE
    if who.time not in HELD or who.place not in REACHES[at]:
        return False
    if marker.about == "import":
        is_row = marker.field != "import.file_name"
        return (who.is_maker or not is_row) and who.role in ROLES_FOR["import"] and _assured(who, marker.sensitivity)
    if who.role not in STAFF and not (who.role == "org_manager" and tie in CASE_TIES):
        return False
    if marker.sensitivity >= SENSITIVE and tie not in CASE_TIES | {"guardian"}:
        return False
    return _assured(who, marker.sensitivity)


def _assured(who: Standing, sensitivity: int) -> bool:
    if sensitivity >= SAFETY:
        return who.factor == "fresh"
    return sensitivity <= PERSONAL or who.factor in SECOND_HOLDS


# ---- figures, and what changes something ----

FIGURE_ROLES = {"lead", "supervisor", "county", "auditor"}
FIGURE_REACHES = {COUNTY: {COUNTY}, TOWN: {TOWN, COUNTY}, VILLAGE: {VILLAGE, TOWN, COUNTY}}
STATION = {"worker", "lead", "supervisor"}
HANDING = {"lead", "supervisor", "county"}


def figure_answer(who: Standing, at: str, *, takes_away: bool, by_class: bool) -> str:
    """What asking for the figures of a place must give: they name nobody, so a refusal hides nothing."""
    may = who.role in FIGURE_ROLES and who.time in HELD and who.place in FIGURE_REACHES[at]
    shown = who.factor == "fresh" if takes_away else who.factor in SECOND_HOLDS
    too_small = by_class and at == VILLAGE
    return "200" if may and shown and not too_small else "403"


def decide_answer(who: Standing, sensitivity: int, work: int) -> str:
    """Deciding on a flag: who may not read it finds nothing; reading alone does not decide."""
    read = answer(who, "flag", work, VILLAGE)
    if read != "200":
        return read
    return "302" if who.role in STATION else "403"


def take_answer(who: Standing, sensitivity: int, work: int) -> str:
    """Taking a flag from the list: the station of the place; of somebody protected only who is tied already."""
    if who.role not in STATION or who.time not in HELD:
        return "403"
    if who.is_excluded or who.place not in REACHES[VILLAGE]:
        return "404"
    if who.tie == "self":
        return "403"
    if work >= SAFETY and who.tie not in CASE_TIES:
        return "404"
    return "302" if _assured(who, work) else "403"


def referral_answer(who: Standing, sensitivity: int, work: int) -> str:
    """Answering a referral: whoever may read it."""
    read = answer(who, "referral", work, VILLAGE)
    return "302" if read == "200" else read


def exclude_answer(who: Standing, sensitivity: int, work: int) -> str:
    """Keeping somebody away: any worker of the place at once, without relationship."""
    if who.is_excluded or who.role not in STATION or who.time not in HELD or who.place not in REACHES[VILLAGE]:
        return "404"
    return "302" if _assured(who, sensitivity) else "403"


def tie_answer(who: Standing, sensitivity: int, work: int) -> str:
    """Handing over: who leads or supervises the station, or the county, by place alone, with a second factor.

    Who keeps somebody protected is named by the lead, or by who is responsible already.
    """
    if who.is_excluded or who.role not in HANDING or who.time not in HELD or who.place not in REACHES[VILLAGE]:
        return "404"
    if sensitivity >= SAFETY and who.role != "lead" and who.tie not in CASE_TIES and _assured(who, SAFETY):
        return "404"
    return "302" if _assured(who, max(SENSITIVE, sensitivity)) else "403"


def key_answer(who: Standing, key: str, work: int) -> str:
    """Deciding on a flag with a key, which counts as a second factor, never as a fresh one."""
    if key in ("over", "revoked"):
        return "401"
    if key == "narrow" or who.role not in STATION or who.time not in HELD:
        return "403"
    if who.is_excluded or who.place not in REACHES[VILLAGE]:
        return "404"
    if who.tie == "self":
        return "403"
    if who.tie not in CASE_TIES:
        return "404"
    return "403" if work >= SAFETY else "200"
