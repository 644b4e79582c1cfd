"""Find the modules of a plugin folder, in a fixed order, and prove that none is unreachable."""

import importlib
import pkgutil
from types import ModuleType


def modules_of(package: ModuleType) -> tuple[ModuleType, ...]:
    """Import every public module of a plugin folder.

    Args:
        package: The folder's package, such as ``polit.evidence.containers``.

    Returns:
        Its modules, ordered by their ``ORDER`` (an int every plugin states) and then by name.

    Raises:
        AttributeError: A module in the folder states no ``ORDER``: it is no plugin, and does
            not belong there.
    """
    names = sorted(
        info.name
        for info in pkgutil.iter_modules(package.__path__)
        if not info.name.startswith("_")
    )
    found = [importlib.import_module(f"{package.__name__}.{name}") for name in names]
    return tuple(sorted(found, key=lambda module: (module.ORDER, module.__name__)))
