"""Which layer a volume has. Runs in the walker only.

Apart from ``evidence.layer``, which the plugins import: nothing imports in a circle.
"""

from importlib.metadata import version
from typing import cast

from polit.base.plugins import modules_of
from polit.evidence import layers
from polit.evidence.layer import LayerPlugin
from polit.evidence.source import ByteSource
from polit.model.evidence import VolumeFacts

# Imported with this module, not when a volume is opened: the sandbox can open no file.
_PLUGINS = tuple(cast("LayerPlugin", module) for module in modules_of(layers))


def layer_versions() -> dict[str, str]:
    """Return the versions of the libraries that read or decipher for the plugins."""
    libraries = [getattr(plugin, "LIBRARY", None) for plugin in _PLUGINS]
    found = [library for library in libraries if library is not None]
    return {
        **{str(library.__name__): str(library.get_version()) for library in found},
        **{name: version(name) for name in ("argon2-cffi", "cryptography")},
    }


def find_layer(source: ByteSource, volume: VolumeFacts) -> LayerPlugin | None:
    """Return the first plugin that finds its layer in a volume."""
    if not volume.allocated:
        return None
    return next((plugin for plugin in _PLUGINS if plugin.detect(source, volume)), None)
