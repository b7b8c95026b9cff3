"""One's own keys for other programs: made and shown once, listed, taken back."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import BadInput
from linli.party import actions_tokens
from linli.party import queries as party
from linli.party import queries_tokens as tokens
from linli.ui.forms import OperationForm
from linli.web.forms_tokens import SCOPE_WORDS, TokenForm

PREFIX = "linli_"  # so that scanners find a key left lying in a file


def tokens_page(request: HttpRequest) -> HttpResponse:
    """One's own keys: what each may do, until when, when it was last used."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = [
        {
            "token": token,
            "scopes": [SCOPE_WORDS[code] for code in token.scopes],
            "is_live": token.revoked_at is None and token.expires_at > actor.now,
        }
        for token in tokens.own_tokens(actor)
    ]
    return render(request, "web/tokens.html", {"rows": rows, "may_make": actor.holds_role_for("token.make")})


@sensitive_variables("secret")
def token_new_page(request: HttpRequest) -> HttpResponse:
    """A new key, shown this once."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    party.allow(actor, "token.make", tokens.token_facts(actor))
    form = TokenForm(request.POST or None, scopes=tokens.offered_to(actor))
    if request.method == "POST" and form.is_valid():
        secret = PREFIX + secrets.token_urlsafe(32)
        given = form.cleaned_data
        actions_tokens.make_token(
            actor=actor,
            operation_id=given["operation_id"],
            name=given["name"],
            digest=tokens.digest_of(secret),
            scopes=given["scopes"],
            days=int(given["days"]),
        )
        return render(request, "web/token_made.html", {"secret": secret, "name": given["name"]})
    return render(request, "web/token_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def token_revoke_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a key back."""
    form = OperationForm(request.POST)
    if not form.is_valid():
        raise BadInput("core.not_found")
    actions_tokens.revoke_token(
        actor=request.actor,  # type: ignore[attr-defined]
        operation_id=form.cleaned_data["operation_id"],
        token_uid=uid,
    )
    messages.success(request, _("收回了，下一次请求起就不再有效。"))
    return redirect("tokens")
