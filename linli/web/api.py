"""The interface for other programs (OpenAPI 3): read needs, write one down, decide on a flag.

Every operation names its action; who sends a token acts as its login, inside the token's own narrower list of
actions, through the same queries and actions as the pages. What is hidden and what is missing answer alike.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import override
from ninja import Header, NinjaAPI, Path, Query, Schema, Status
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as InputError
from ninja.security import HttpBearer
from pydantic import Field, StringConstraints

from linli.core.audit import record_now
from linli.core.errors import LinliError, NotFound, Refused
from linli.core.policy import ACTIONS
from linli.need import actions as need_actions
from linli.need import queries as needs
from linli.need.rules import need_codes
from linli.party import queries_tokens as tokens
from linli.party.actions_tokens import note_token_used
from linli.place import queries as places
from linli.web.words import say

ACTION = "x-linli-action"  # of an operation in the document: its row in core/policy.py
MOST = 100
FURTHEST = 1_000_000
NO_NUL = r"^[^\x00]*$"  # a character no database keeps
State = Literal["heard", "assessed", "open", "proposed", "referred", "served", "closed", "withdrawn", "dismissed"]
FlagUid = Annotated[UUID, Path(description="线索的 uid · The flag's uid")]
Key = Annotated[UUID, Header(description="一件事一个 UUID，重送不重做 · One UUID for one thing; sent twice, done once")]
Words = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]


class Trouble(Schema):
    """What went wrong: a code that stays, and its words in both languages."""

    code: str
    zh: str
    en: str


class NeedOut(Schema):
    """One need as a list shows it: nothing that names or describes anybody."""

    number: Annotated[str, Field(description="编号 · Its number")]
    code: Annotated[str, Field(description="要什么 · What is needed")]
    level: Annotated[int, Field(description="有多急，1 最急 · How pressing, 1 most")]
    state: Annotated[str, Field(description="到哪一步 · Its state")]
    place: Annotated[str, Field(description="地方的区划代码 · Division code of the place")]
    due_on: Annotated[str | None, Field(description="最晚哪天 · The last day for looking")]


class NeedsOut(Schema):
    """A page of needs, and where the next one begins."""

    count: Annotated[int, Field(description="一共几件 · How many in all")]
    items: Annotated[list[NeedOut], Field(description="这一页的需求 · The needs of this page")]
    next_offset: Annotated[int | None, Field(description="下一页从哪里起 · Where the next page begins")]


class NeedIn(Schema):
    """A need somebody voiced."""

    person: Annotated[UUID, Field(description="这个人的 uid · The person's uid")]
    code: Annotated[
        Literal[tuple(need_codes())],  # type: ignore[valid-type]
        Field(description="要什么 · What is needed"),
    ]
    level: Annotated[int, Field(ge=1, le=4, description="有多急，1 最急 · How pressing, 1 most")]
    words: Annotated[Words, Field(description="本人的原话 · The person's own words")] = ""
    channel: Annotated[
        Literal["visit", "phone", "counter", "other"], Field(description="在哪里听到的 · Where it was heard")
    ] = "other"


class NeedMade(Schema):
    """Which need was opened."""

    need: Annotated[UUID, Field(description="需求的 uid · The need's uid")]


class DecisionIn(Schema):
    """A person's word on a flag; a dismissal says why."""

    decision: Annotated[Literal["confirm", "dismiss"], Field(description="确认或否定 · Confirm or dismiss")]
    reason: Annotated[
        str,
        StringConstraints(max_length=200, pattern=NO_NUL),
        Field(description="为什么；否定时必填 · Why; asked for when dismissing"),
    ] = ""


class DecisionMade(Schema):
    """What came of it: the needs that were opened."""

    flag: Annotated[UUID, Field(description="线索的 uid · The flag's uid")]
    needs: Annotated[list[UUID], Field(description="由此开出的需求 · The needs it opened")]


class Token(HttpBearer):
    """`Authorization: Bearer …`: a key its login made on the page of tokens."""

    openapi_description = "A key made on the page of tokens; read afresh at every request."

    def authenticate(self, request: HttpRequest, token: str) -> tokens.Bearer | None:
        bearer = tokens.bearer_of(token, timezone.now())
        if bearer is not None:
            request.actor = bearer.actor  # type: ignore[attr-defined]
            note_token_used(bearer.token, bearer.actor)
        return bearer


api = NinjaAPI(
    title="邻里 Linli",
    version="1",
    description="Needs and flags of a county, as far as a token's login may see them.",
    docs_url=None,
    auth=Token(),
    urls_namespace="api",
)
TROUBLES: dict[int, Any] = {401: Trouble, 403: Trouble, 404: Trouble, 409: Trouble, 422: Trouble}


def serves(action: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The policy of an operation: the token was made for this action, and its login holds a role for it."""
    assert action in ACTIONS, f"no action {action} in core/policy.py"

    def wrap(operation: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(operation)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            bearer: tokens.Bearer = request.auth  # type: ignore[attr-defined]
            reason = "scope" if not bearer.may(action) else "no_role"
            if reason == "scope" or not bearer.actor.holds_role_for(action):
                record_now(bearer.actor, action, outcome="denied", kind="token", uid=bearer.token.uid, reason=reason)
                raise Refused("web.token_scope" if reason == "scope" else "core.no_role")
            return operation(request, *args, **kwargs)

        guarded.linli_action = action  # type: ignore[attr-defined]
        return guarded

    return wrap


@api.get(
    "/needs",
    response={200: NeedsOut, **TROUBLES},
    operation_id="list_needs",
    summary="需求清单 · Needs",
    openapi_extra={ACTION: "need.list"},
)
@serves("need.list")
def list_needs(
    request: HttpRequest,
    state: Annotated[State | None, Query(description="到哪一步；空着是全部 · The state; all when left out")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description="一页几件 · How many on a page")] = 50,
    offset: Annotated[int, Query(ge=0, le=FURTHEST, description="从第几件起 · Where to begin")] = 0,
) -> Any:
    """The needs this token's login may list, the most pressing first."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = needs.needs(actor, states=(state,) if state else ())
    count = rows.count()
    page = list(rows[offset : offset + limit])
    codes = {path: place.code for path, place in places.names_by_path(actor, {n.place_path for n in page}).items()}
    record_now(actor, "need.list", kind="api", outcome="read", rows=len(page))
    return {
        "count": count,
        "items": [
            {
                "number": need.number,
                "code": need.code,
                "level": need.level,
                "state": need.state,
                "place": codes.get(need.place_path, ""),
                "due_on": need.due_on.isoformat() if need.due_on else None,
            }
            for need in page
        ],
        "next_offset": offset + limit if count > offset + limit else None,
    }


@api.post(
    "/needs",
    response={201: NeedMade, **TROUBLES},
    operation_id="open_need",
    summary="写下需求 · Write a need",
    openapi_extra={ACTION: "need.write"},
)
@serves("need.write")
def open_need(request: HttpRequest, given: NeedIn, idempotency_key: Key) -> Any:
    """Write a need down once: the same key with the same content gives the same answer, with other content 409."""
    uid = need_actions.open_need(
        actor=request.actor,  # type: ignore[attr-defined]
        operation_id=idempotency_key,
        person_uid=given.person,
        code=given.code,
        level=given.level,
        words=given.words,
        channel=given.channel,
    )
    return Status(201, {"need": uid})


@api.post(
    "/flags/{uid}/decision",
    response={200: DecisionMade, **TROUBLES},
    operation_id="decide_flag",
    summary="定一条线索 · Decide on a flag",
    openapi_extra={ACTION: "flag.decide"},
)
@serves("flag.decide")
def decide_flag(request: HttpRequest, uid: FlagUid, given: DecisionIn, idempotency_key: Key) -> Any:
    """Confirm a flag, which opens the needs its rule leads to, or dismiss it with a reason."""
    common: dict[str, Any] = {
        "actor": request.actor,  # type: ignore[attr-defined]
        "operation_id": idempotency_key,
        "flag_uid": uid,
    }
    if given.decision == "confirm":
        answer = need_actions.confirm_flag(**common, note=given.reason)
        return {"flag": answer["flag"], "needs": answer["needs"]}
    return {"flag": need_actions.dismiss_flag(**common, reason=given.reason), "needs": []}


# Errors


def trouble(code: str, **params: Any) -> dict[str, str]:
    """An error as it leaves: its code and its words in both languages."""
    said = {}
    for short, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            said[short] = say(code, params)
    return {"code": code, **said}


@api.exception_handler(LinliError)
def _refused(request: HttpRequest, error: LinliError) -> HttpResponse:
    if error.status == NotFound.status:
        return api.create_response(request, trouble("core.not_found"), status=NotFound.status)
    return api.create_response(request, trouble(error.code, **error.params), status=error.status)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = api.create_response(request, trouble("web.token_unknown"), status=401)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(InputError)
def _unreadable(request: HttpRequest, error: InputError) -> HttpResponse:
    where = ", ".join(sorted({".".join(str(part) for part in each["loc"][1:]) for each in error.errors}))
    return api.create_response(request, trouble("web.api_input", where=where or "body"), status=422)


@api.exception_handler(HttpError)
def _malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    return api.create_response(request, trouble("web.api_input", where="body"), status=422)
