"""How static files are kept for serving: named by their content, compressed once, cached for ever by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Content-hashed and compressed files; ``import`` between our own ES modules follows the hashed names."""

    support_js_module_import_aggregation = True
