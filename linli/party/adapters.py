"""Our answers to django-allauth: telephone numbers through the blind index, locks, sealed second factors.

Signing in itself, its sessions, codes and keys are allauth's. What happened is recorded by `accounts.py`.
"""

from __future__ import annotations

import base64
import os
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.sealed import SealBroken, blind_indexes, keyring
from linli.party import actions_door, rules
from linli.party.models import Login
from linli.party.sms import sender


def national(phone: str) -> str:
    """The digits of a number as people here write it: no spaces, no +86."""
    digits = "".join(character for character in phone if character.isdigit())
    return digits[2:] if phone.strip().startswith("+86") else digits


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, past the proxies the settings trust; empty where nothing says so."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return ""


class PhoneField(forms.CharField):
    """A telephone number in the national form."""

    def clean(self, value: Any) -> Any:
        return national(super().clean(value))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Accounts are made by the security administrator; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("用户名或密码不对。再试一次；忘了密码，请安全管理员给一个新的。"),
        "phone_password_mismatch": gettext_lazy("电话或密码不对。再试一次；忘了密码，请安全管理员给一个新的。"),
        "too_many_login_attempts": gettext_lazy("试错太多次，先停 15 分钟。急用请安全管理员解开。"),
        "incorrect_code": gettext_lazy("码不对，或已经过期。看一下手机，再输一次。"),
        "enter_current_password": gettext_lazy("现在的密码不对。再输一次。"),
        "incorrect_password": gettext_lazy("密码不对。再输一次。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Those whose work needs a second factor and who have none are led to set one up."""
        actor = request.actor  # type: ignore[attr-defined]
        has_one = SecondFactorAdapter().is_mfa_enabled(request.user)
        if not has_one and actor.facts.second_factor_at is None and rules.needs_second_factor(actor):
            return reverse("mfa_index")
        url: str = super().get_login_redirect_url(request)
        return url

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """With one's own password one starts to work; the form is done with."""
        return "/"

    def set_password(self, user: Any, password: str) -> None:
        """One's own choice ends the one-time password."""
        actions_door.keep_own_password(user, password, now=timezone.now())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = self._meant(credentials)
        if login is not None and actions_door.is_locked(login, address_of(request), now=timezone.now()):
            actions_door.note_login_event(login, "account.login", "denied", timezone.now(), reason="locked")
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions_door.count_failed_login(self._meant(credentials), address_of(request), now=timezone.now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth counts tries too: by name or telephone, and by address, for who errs elsewhere shuts nobody out."""
        who = credentials.get("username") or credentials.get("phone") or ""
        return f"{who.lower()}:{address_of(request)}"

    def _meant(self, credentials: dict[str, Any]) -> Login | None:
        """Whose account somebody tries to open; None for a name nobody bears."""
        if credentials.get("username"):
            named = Login.objects.filter(username=credentials["username"]).first()
            if named is not None:
                return named
        return self.get_user_by_phone(credentials["phone"]) if credentials.get("phone") else None

    # Telephone numbers: allauth's six methods.

    def phone_form_field(self, **kwargs: Any) -> Any:
        number = RegexValidator(r"^\+?[0-9][0-9 \-]{6,17}$", gettext_lazy("电话号码写数字，比如 19900001234。"))
        widget = forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"})
        return PhoneField(label=gettext_lazy("手机号"), validators=[number], widget=widget, **kwargs)

    def get_user_by_phone(self, phone: str) -> Login | None:
        indexes = blind_indexes("party_login.phone", national(phone))
        return Login.objects.filter(phone_index__in=indexes, is_active=True).first()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        actions_door.keep_phone(user, national(phone), is_proved=verified, now=timezone.now())

    def set_phone_verified(self, user: Any, phone: str) -> None:
        actions_door.prove_phone(user, now=timezone.now())

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        sender().send(phone, _("邻里登录码 %(code)s，5 分钟内有效。不要告诉别人。") % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Nothing is sent to a number nobody here has: strangers are not written to."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Second factors lie encrypted under a key made for them alone from the wrapping key."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("码不对，或已经过期。等下一个码，再输一次。"),
        "cannot_delete_authenticator": gettext_lazy("这是最后一个确认方式，先加一个新的，再停用它。"),
    }

    def encrypt(self, text: str) -> str:
        ring = keyring().wrapping
        nonce = os.urandom(12)
        sealed = nonce + _cipher(ring.newest()).encrypt(nonce, text.encode(), b"mfa")
        return f"{ring.current}:{base64.b64encode(sealed).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        key_id, _colon, encoded = encrypted_text.partition(":")
        key = keyring().wrapping.keys.get(key_id)
        if key is None:
            raise SealBroken("core.seal_broken")
        sealed = base64.b64decode(encoded)
        try:
            return _cipher(key).decrypt(sealed[:12], sealed[12:], b"mfa").decode()
        except (InvalidTag, ValueError):
            raise SealBroken("core.seal_broken") from None


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"linli second factor").derive(key))
