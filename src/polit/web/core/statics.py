"""Static files under names that carry their digest, so that a browser may keep them for ever."""

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


class OwnStaticsConfig(StaticFilesConfig):
    """What is collected: of htmx, version 2 alone; nothing that no page uses is served."""

    ignore_patterns = [  # noqa: RUF012  # as the base class has it
        *StaticFilesConfig.ignore_patterns,
        "django_htmx/ext*",
        "django_htmx/htmax*",
        "django_htmx/htmx-4*",
        "django_htmx/htmx-2.js",
    ]


class HashedStatics(CompressedManifestStaticFilesStorage):
    """Names with digests, also inside style sheets and between scripts that import each other."""

    support_js_module_import_aggregation = True
