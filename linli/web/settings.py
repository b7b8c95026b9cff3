"""Settings from the environment, with safe answers where nothing is said.

LINLI_HOME     folder with data/ (database, uploads, spill) and, unless LINLI_KEYS says otherwise, keys/
LINLI_KEYS     the key file; keep it on another disk than the data
DATABASE_URL   postgresql://… for a server database; absent: the embedded encrypted one
LINLI_PACKS    the folder of packs; absent: the one shipped
LINLI_PACK     this county's own pack, a folder in it; absent: none, but louxi in the demo
LINLI_HOSTS    host names served, comma separated
LINLI_HTTPS    1 when browsers come by HTTPS: cookies are then sent over HTTPS alone
LINLI_ORIGINS  origins forms may come from (https://…), comma separated, when a server in front ends HTTPS
LINLI_CHECKPOINTS  a folder on another disk, or synced elsewhere, for the hourly checkpoint of the audit record
LINLI_SMS      dotted name of the sender of phone codes; absent outside the demo: no sign-in by phone code
LINLI_IDLE_MINUTES  a session unused for so long is signed out
LINLI_JOBS     queue (default): jobs run in the server's threads; inline: at once, on commit
LINLI_DEMO     1 switches the demo conveniences on (one-click change of role, codes on the console)

LINLI_LANG is read by the commands, not here. What to set for an instance others use: docs/running.md.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from linli.core.keyring import Keyring, make_keyring_file, read_keyring
from linli.core.startup_words import said

env = environ.Env()
BASE = Path(__file__).resolve().parent.parent
HOME = Path(env.str("LINLI_HOME", default=str(Path.cwd() / "linli-home"))).expanduser().resolve()
DATA = HOME / "data"
KEYS = Path(env.str("LINLI_KEYS", default=str(HOME / "keys" / "keyring.json"))).expanduser().resolve()
LINLI_PACKS = Path(env.str("LINLI_PACKS", default=str(BASE.parent / "packs")))
LINLI_DEMO = env.bool("LINLI_DEMO", default=False)
# A real county must never be screened with the invented county's figures, so outside the demo there is no default.
LINLI_PACK = env.str("LINLI_PACK", default="louxi" if LINLI_DEMO else "")
if LINLI_PACK and not (LINLI_PACKS / LINLI_PACK).is_dir():
    raise ImproperlyConfigured(said("pack_missing", pack=LINLI_PACK, path=LINLI_PACKS / LINLI_PACK))
LINLI_CHECKPOINTS = env.str("LINLI_CHECKPOINTS", default="")
LINLI_JOBS = env.str("LINLI_JOBS", default="queue")
LINLI_JOB_TABLE = "linli.web.jobs.JOBS"


def LINLI_KEYRING() -> Keyring:
    """The keys; made once for an empty home, never made anew beside existing data.

    Read again when the file changes, so that a key added while serving is known at once.
    """
    if not KEYS.exists() and not (DATA / "linli.sqlite3").exists() and not env.str("DATABASE_URL", default=""):
        make_keyring_file(KEYS)
    return _keyring_as_of(KEYS.stat().st_mtime_ns if KEYS.exists() else 0)


@lru_cache(maxsize=2)
def _keyring_as_of(_changed: int) -> Keyring:
    return read_keyring(KEYS)


def database_key() -> bytes:
    return LINLI_KEYRING().database


def _databases() -> dict[str, dict[str, Any]]:
    if env.str("DATABASE_URL", default=""):
        server = env.db_url("DATABASE_URL", engine="django.db.backends.postgresql")
        server["CONN_MAX_AGE"] = 60
        return {"default": server}
    DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "default": {
            "ENGINE": "linli.core.embedded",
            "NAME": str(DATA / "linli.sqlite3"),
            "OPTIONS": {"key": database_key, "transaction_mode": "IMMEDIATE"},
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": str(DATA / "test.sqlite3")},
        }
    }


DATABASES = _databases()
SECRET_KEY = LINLI_KEYRING().secret.hex() if KEYS.exists() or not env.str("DATABASE_URL", default="") else ""
DEBUG = False
ALLOWED_HOSTS = env.list("LINLI_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("LINLI_ORIGINS", default=[])
AUTH_USER_MODEL = "party.Login"
ROOT_URLCONF = "linli.web.urls"
ASGI_APPLICATION = "linli.web.asgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton",
    "linli.core",
    "linli.ui",
    "linli.place",
    "linli.party",
    "linli.need",
    "linli.offer",
    "linli.matching",
    "linli.web",
    "allauth",  # after our blocks, so that their pages and words are found first
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "linli.web.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "linli.party.middleware.ActorMiddleware",
    "linli.party.accounts.AccountGate",
    "linli.web.middleware.ErrorPages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.web.context.shell",
            ],
        },
    }
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Signing in: our answers to django-allauth. Which of its routes exist: third_party_routes.py.
ACCOUNT_ADAPTER = "linli.party.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,5/15m/key",
    "request_login_code": "20/m/ip,3/5m/key",
}
LINLI_SMS = env.str("LINLI_SMS", default="linli.party.sms.ConsoleSender" if LINLI_DEMO else "")
LINLI_IDLE_MINUTES = env.int("LINLI_IDLE_MINUTES", default=60)
ACCOUNT_LOGIN_BY_CODE_ENABLED = bool(LINLI_SMS)
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
MFA_ADAPTER = "linli.party.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "邻里 Linli"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LINLI_DEMO

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(DATA / "files")}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = env.bool("LINLI_HTTPS", default=False)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SESSION_COOKIE_SECURE else 0
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Above what the forms take: a file sent to us is kept in memory, never in the clear in a temporary folder.
FILE_UPLOAD_MAX_MEMORY_SIZE = 48 * 1024 * 1024

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        # In the one serving process: what lies in a database and is unpickled would let who writes there run code here.
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Counts of failed sign-ins live in the cache: it must not be emptied by filling it.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
