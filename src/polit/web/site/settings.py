"""Django's settings. What a force may choose comes from the environment, read loudly."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from polit.base import settings as environment
from polit.web.accounts.rules import (
    FAILURES_BEFORE_LOCKOUT,
    LOCKOUT,
    PASSWORD_CHARACTERS,
    PROOF_LIFE,
    SESSION_LIFE,
    idle_limit,
)
from polit.web.site.origin import origin_settings
from polit.web.site.places import broker_socket, database_place, web_secret

SECRET_KEY = web_secret()
DEBUG = False
_origin = origin_settings(environment.text("POLIT_ORIGIN"))
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *_origin.hosts,
    *environment.text("POLIT_HOSTS").split(),
]
ROOT_URLCONF = "polit.web.site.urls"
WSGI_APPLICATION = "polit.web.site.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = environment.text("POLIT_TIME_ZONE", "Europe/London")

INSTALLED_APPS = [
    "polit.web.core",  # first: its templates stand before those of the form package
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "polit.web.core.statics.OwnStaticsConfig",
    "crispy_forms",
    "crispy_forms_gds",
    "csp",
    "django_htmx",
    "django_tasks_db",
    "polit.web.audit",
    "polit.web.accounts",
    "polit.web.signposts",
    "polit.web.hashsets",
    "polit.web.cases",
    "polit.web.people",
    "polit.web.referrals",
    "polit.web.enquiries",
    "polit.web.risk",
    "polit.web.warrants",
    "polit.web.exhibits",
    "polit.web.examinations",
    "polit.web.arrests",
    "polit.web.safeguarding",
    "polit.web.court",
    "polit.web.orders",
    "polit.web.dissemination",
    "polit.web.media",
    "polit.web.privilege",
    "polit.web.matching",
    "polit.web.intake",
    "polit.web.welfare",
    "polit.web.items",
    "polit.web.grading",
    "polit.web.victims",
    "polit.web.review",
    "polit.web.disclosure",
    "polit.web.tasks",
    "polit.web.clocks",
    "polit.web.search",
    "polit.web.statistics",
    "polit.web.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]
MIDDLEWARE = [
    "polit.web.core.headers.PrivacyHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "polit.web.core.refusals.RefusalPagesMiddleware",
    "polit.web.site.gate.GateMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "polit.web.core.context.page_context",
                "polit.web.site.navigation.navigation_context",
                "polit.web.cases.context.notice_context",
            ],
            "builtins": [
                "polit.web.core.templatetags.govuk",
                "polit.web.core.templatetags.values",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["gds"]
CRISPY_TEMPLATE_PACK = "gds"
CRISPY_FAIL_SILENTLY = False
CRISPY_CLASS_CONVERTERS = {
    "urlinput": "govuk-input",
    "telinput": "govuk-input",
    "searchinput": "govuk-input",
    "fileinput": "govuk-file-upload",
    "selectmultiple": "govuk-select",
}
CSRF_FAILURE_VIEW = "polit.web.core.refusals.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [NONE],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

_place = database_place()
# trusted_schema stays on: JSON columns of the libraries check JSON_VALID, which SQLite 3.40 counts
# as unsafe in a schema, and this schema is our own.
_sqlite_options = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA recursive_triggers=ON; PRAGMA cell_size_check=ON;"
        " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456"
    ),
}
# Whatever the server says: a picture leaves for a committed event, and no power cut undoes that.
# PostgreSQL would compile a query of a page whose rows it overestimates, for longer than it runs.
_postgresql_options = {"options": "-c synchronous_commit=on -c jit=off"}
DATABASES = {
    "default": {
        "ENGINE": f"django.db.backends.{_place.engine}",
        "NAME": _place.name,
        "USER": _place.user,
        "PASSWORD": _place.password,
        "HOST": _place.host,
        "PORT": _place.port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": _sqlite_options if _place.engine == "sqlite3" else _postgresql_options,
    }
}

# ---- who signs in, and how --------------------------------------------------------------------
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": f"{_VALIDATION}.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_CHARACTERS},
    },
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "full_name"]},
    },
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
IDLE_LIMIT = idle_limit(environment.number("POLIT_IDLE_MIN", 15, minimum=1))
SESSION_COOKIE_AGE = int(SESSION_LIFE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
CACHES = {"default": {"BACKEND": "polit.web.accounts.limits.TableCache"}}

ACCOUNT_ADAPTER = "polit.web.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Beside the lockout by name and address: whoever tries from many addresses, and codes of factors.
# Sign-ins themselves: a station's people come from one address.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "20/m/ip,10/15m/key"}
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(PROOF_LIFE.total_seconds())
# How many proxies of the force's own stand before: only their word on the address counts.
ALLAUTH_TRUSTED_PROXY_COUNT = int(
    environment.number("POLIT_PROXIES", 1 if environment.text("POLIT_ORIGIN") else 0)
)
_FORMS = "polit.web.accounts.door_forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.SignInForm",
    "reauthenticate": f"{_FORMS}.ProveByPasswordForm",
    "change_password": f"{_FORMS}.PasswordChangeForm",
}
MFA_FORMS = {
    "authenticate": f"{_FORMS}.FactorForm",
    "reauthenticate": f"{_FORMS}.ProveByCodeForm",
    "activate_totp": f"{_FORMS}.AppAddForm",
    "deactivate_totp": f"{_FORMS}.AppRemoveForm",
    "generate_recovery_codes": f"{_FORMS}.CodesForm",
    "add_webauthn": f"{_FORMS}.PasskeyAddForm",
}
MFA_ADAPTER = "polit.web.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# One step earlier and later: clocks of telephones differ. A used code is refused in all of them.
MFA_TOTP_TOLERANCE = 1

AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = FAILURES_BEFORE_LOCKOUT
AXES_COOLOFF_TIME = LOCKOUT
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_NEVER_LOCKOUT_GET = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "polit.web.accounts.proof.attempt_name"
AXES_CLIENT_IP_CALLABLE = "polit.web.accounts.proof.client_address"
# The library's own tables keep nothing beside the count; what happened stands in the audit.
AXES_SENSITIVE_PARAMETERS = ["login", "username", "credential", "next"]
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = list(_origin.trusted_origins)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _origin.is_https
SECURE_HSTS_SECONDS = _origin.hsts_s
SECURE_PROXY_SSL_HEADER = _origin.proxy_header

BROKER_SOCKET = broker_socket()
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"()": "polit.web.site.logs.stderr_handler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # What is not found or refused is daily business, and its message has the address.
        "django.request": {"level": "ERROR"},
        "polit": {"level": "INFO"},
    },
}
# Not no-referrer: the proof of origin of a form needs it, and it never leaves this site.
SECURE_REFERRER_POLICY = "same-origin"

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("POLIT_STATIC") or environment.data_folder() / "web" / "static")
STORAGES = {
    "staticfiles": {"BACKEND": "polit.web.core.statics.HashedStatics"},
}
