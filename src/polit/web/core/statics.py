"""Static files under names that carry their digest, so that a browser may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStatics(CompressedManifestStaticFilesStorage):
    """Names with digests, also inside style sheets and between scripts that import each other."""

    support_js_module_import_aggregation = True
