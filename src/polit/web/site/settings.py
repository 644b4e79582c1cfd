"""Django's settings. What a force may choose comes from the environment, read loudly."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from polit.base import settings as environment
from polit.web.site.places import database_place, web_secret

SECRET_KEY = web_secret()
DEBUG = False
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
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
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_forms_gds",
    "csp",
    "django_htmx",
    "polit.web.audit",
    "polit.web.accounts",
    "polit.web.cases",
    "polit.web.exhibits",
    "polit.web.examinations",
    "polit.web.media",
    "polit.web.intake",
]
MIDDLEWARE = [
    "polit.web.core.headers.PrivacyHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
            ],
            "builtins": [
                "polit.web.core.templatetags.govuk",
                "polit.web.core.templatetags.values",
            ],
        },
    }
]
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
_sqlite_options = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
        " PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456"
    ),
}
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
        "OPTIONS": _sqlite_options if _place.engine == "sqlite3" else {},
    }
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
X_FRAME_OPTIONS = "DENY"
# Not no-referrer: the proof of origin of a form needs it, and it never leaves this site.
SECURE_REFERRER_POLICY = "same-origin"

STATIC_URL = "/static/"
STATIC_ROOT = Path(environment.text("POLIT_STATIC") or environment.data_folder() / "web" / "static")
STORAGES = {
    "staticfiles": {"BACKEND": "polit.web.core.statics.HashedStatics"},
}
