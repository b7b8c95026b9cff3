"""The table of roles and actions: the one page to review when asking who may do what.

A row names the roles that may act, and what else must hold. Places, relationships, exclusions and
assurance are checked by `decide.py`. Roles are codes; their words are in party's catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass

WORKER = "worker"  # 社工
LEAD = "lead"  # 站长
SUPERVISOR = "supervisor"  # 督导
COUNTY = "county"  # 民政干部
SECRETARY = "secretary"  # 社区书记
GRID = "grid"  # 网格员
ORG_MANAGER = "org_manager"  # 社会组织负责人
VOLUNTEER = "volunteer"  # 志愿者
RESIDENT = "resident"  # 居民
DONOR = "donor"  # 捐赠方
AUDITOR = "auditor"  # 审计、评估
SYSTEM_ADMIN = "system_admin"  # 系统管理员
SECURITY_ADMIN = "security_admin"  # 安全管理员
AUDIT_ADMIN = "audit_admin"  # 审计管理员

ROLES = (
    WORKER,
    LEAD,
    SUPERVISOR,
    COUNTY,
    SECRETARY,
    GRID,
    ORG_MANAGER,
    VOLUNTEER,
    RESIDENT,
    DONOR,
    AUDITOR,
    SYSTEM_ADMIN,
    SECURITY_ADMIN,
    AUDIT_ADMIN,
)
STATION = frozenset({WORKER, LEAD, SUPERVISOR})
STAFF = STATION | {COUNTY, SECRETARY, GRID}
ANYONE_KNOWN = frozenset(ROLES)
CASE_TIES = frozenset({"assigned", "co-worker", "supervises", "referral"})
PERSON_TIES = CASE_TIES | {"guardian", "self"}


@dataclass(frozen=True)
class ActionRule:
    """What an action asks of the actor, beyond place and exclusion.

    `ties`: relationships that count for sensitive things. `needs_tie`: a relationship is asked for
    whatever the sensitivity. `place_is_enough`: role and place suffice even for sensitive rows,
    because the action shows none of their content; never for those of protected people, whose mere
    line in a list tells where they are, unless it `shows_nothing` at all.
    `by_tie`: roles that reach only what a relationship joins them to, even there.
    `anywhere`: a role held in any place suffices for public and internal rows, wherever they lie.
    `not_own`: refused on one's own business.
    `self_service`: the person concerned may do it without a role. `hides`: a refusal must not
    reveal that the page or thing exists; a personal thing elsewhere stays hidden even without it.
    `fresh`, `second_factor`: assurance asked whatever the class.
    """

    roles: frozenset[str]
    ties: frozenset[str] = CASE_TIES
    needs_tie: bool = False
    place_is_enough: bool = False
    shows_nothing: bool = False
    by_tie: frozenset[str] = frozenset()
    anywhere: bool = False
    not_own: bool = False
    self_service: bool = False
    open_to_all: bool = False
    hides: bool = True
    fresh: bool = False
    second_factor: bool = False


def _may(*roles: str | frozenset[str], **rest: object) -> ActionRule:
    names: set[str] = set()
    for role in roles:
        names |= {role} if isinstance(role, str) else role
    return ActionRule(frozenset(names), **rest)  # type: ignore[arg-type]


ACTIONS: dict[str, ActionRule] = {
    # public pages, one's own account
    "page.public": _may(ANYONE_KNOWN, open_to_all=True),
    "page.own": _may(ANYONE_KNOWN, hides=False),
    # people and households
    "person.list": _may(STAFF, hides=False),
    "person.read": _may(STAFF, ties=PERSON_TIES, self_service=True),
    "person.read_audit": _may(STATION, ties=PERSON_TIES, self_service=True),
    "person.write": _may(STATION, SECRETARY),
    "person.reveal": _may(STATION, COUNTY, needs_tie=True, fresh=True, hides=False),
    "person.import": _may(STATION, COUNTY, SECRETARY, second_factor=True, hides=False, place_is_enough=True),
    "person.export": _may(LEAD, COUNTY, fresh=True, hides=False),
    "person.exclude": _may(STATION, place_is_enough=True, shows_nothing=True),
    "person.merge": _may(STATION, second_factor=True, not_own=True),
    "person.protect": _may(STATION, second_factor=True, not_own=True),
    # (the second of two; both must be tied to the person, for a protected one is class 4)
    "protection.lift": _may(STATION, fresh=True, not_own=True),
    # rights
    "grant.propose": _may(LEAD, COUNTY, SECURITY_ADMIN, second_factor=True, not_own=True, hides=False),
    "grant.approve": _may(COUNTY, SECURITY_ADMIN, second_factor=True, not_own=True, hides=False),
    "grant.list": _may(LEAD, COUNTY, SECURITY_ADMIN, AUDIT_ADMIN, hides=False),
    "grant.end": _may(LEAD, COUNTY, SECURITY_ADMIN, second_factor=True, hides=False),
    "login.make": _may(SECURITY_ADMIN, second_factor=True, hides=False),
    # (by papers: who proposes opens no person, who confirms may list people anyway)
    "binding.propose": _may(SECURITY_ADMIN, second_factor=True, not_own=True, hides=False),
    "binding.confirm": _may(LEAD, COUNTY, second_factor=True, not_own=True, hides=False),
    "tie.assign": _may(LEAD, SUPERVISOR, COUNTY, second_factor=True, place_is_enough=True, shows_nothing=True),
    "exclusion.lift": _may(
        LEAD,
        SUPERVISOR,
        COUNTY,
        second_factor=True,
        place_is_enough=True,
        shows_nothing=True,
        not_own=True,
        hides=False,
    ),
    # flags and needs
    "flag.list": _may(STATION, COUNTY, SECRETARY, GRID, hides=False, place_is_enough=True),
    "flag.read": _may(STATION, SECRETARY),
    "flag.take": _may(STATION, second_factor=True, place_is_enough=True, not_own=True, hides=False),
    "flag.decide": _may(STATION, not_own=True, hides=False),
    "need.list": _may(STATION, COUNTY, SECRETARY, GRID, hides=False, place_is_enough=True),
    "need.read": _may(STATION, SECRETARY, self_service=True),
    "need.write": _may(STATION, SECRETARY, GRID),
    # what can be given
    "offer.list": _may(STAFF, ORG_MANAGER, VOLUNTEER, AUDITOR, hides=False, anywhere=True),
    "offer.read": _may(STAFF, ORG_MANAGER, VOLUNTEER, AUDITOR, hides=False, anywhere=True),
    "offer.import": _may(STATION, COUNTY, SECRETARY, ORG_MANAGER, hides=False),
    # joining need and offer
    "proposal.list": _may(STATION, hides=False, place_is_enough=True),
    "proposal.read": _may(STATION),
    "proposal.decide": _may(STATION, not_own=True, hides=False),
    "referral.list": _may(
        STATION, COUNTY, ORG_MANAGER, hides=False, place_is_enough=True, by_tie=frozenset({ORG_MANAGER})
    ),
    "referral.read": _may(STATION, ORG_MANAGER),
    "referral.write": _may(STATION, ORG_MANAGER),
    # figures
    # (a second factor always: a figure must not shrink in silence because this session shows no sensitive rows)
    "county.read": _may(LEAD, SUPERVISOR, COUNTY, AUDITOR, second_factor=True, hides=False, place_is_enough=True),
    "county.records": _may(LEAD, SUPERVISOR, COUNTY, AUDITOR, second_factor=True, hides=False, place_is_enough=True),
    "county.export": _may(LEAD, SUPERVISOR, COUNTY, AUDITOR, fresh=True, hides=False, place_is_enough=True),
    # how clients are sorted into classes for the county's statistics; nothing of a person
    "class.write": _may(COUNTY, second_factor=True, hides=False),
    # watching the watchers
    "audit.read": _may(AUDIT_ADMIN, AUDITOR, second_factor=True, hides=False),
    "system.read": _may(SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN, hides=False),
    # tokens for other programs
    "token.make": _may(STATION, COUNTY, ORG_MANAGER, fresh=True, hides=False),
}
