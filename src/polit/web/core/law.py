"""Local law is data: versioned files in ``polit/data``, read as they are asked for.

A file ``<kind>/<scheme>-<version>.json`` is never changed once a case was kept under it: what
changes gets the next version. Everybody may import this.
"""

from pathlib import Path
from typing import TypeVar

import msgspec

import polit
from polit.base.errors import UsageError

Law = TypeVar("Law")

_FOLDER = Path(polit.__file__).parent / "data"


def law_read(kind: str, name: str, form: type[Law]) -> Law:
    """Return what a file of law says.

    Args:
        kind: The folder, such as ``offence-types``.
        name: The file without ``.json``, such as ``england-wales-1``.
        form: The frozen dataclass that it must fit.

    Raises:
        UsageError: There is no such file, or it does not fit.
    """
    folder = _FOLDER / kind
    known = {path.stem: path for path in folder.glob("*.json")}
    if name not in known:
        raise UsageError(f"{kind}: no {name!r}: there are {', '.join(sorted(known))}")
    try:
        return msgspec.json.decode(known[name].read_bytes(), type=form)
    except msgspec.MsgspecError as error:
        raise UsageError(f"{kind}/{name}.json: {error}") from error
