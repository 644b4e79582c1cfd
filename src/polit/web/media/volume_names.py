"""What a volume, and a place in one, is called on a page. No Django here."""

from polit.base.text import visible

LAYERS = {
    "apfs": "APFS volume",
    "bitlocker": "BitLocker volume",
    "luks": "LUKS volume",
    "lvm": "LVM volume",
    "shadow": "shadow copy",
}


def volume_name(locator: str, *, is_allocated: bool) -> str:
    """Return the name of a volume in words, from its locator; of another form that itself."""
    first, *inner = locator.split(";")
    number, at, offset = first.removeprefix("volume:").partition("@")
    if not first.startswith("volume:") or not at:
        return visible(locator)
    outer = f"Volume {number}"
    if not is_allocated:
        outer = f"Space outside volumes, from byte {offset}"
    elif number == "0":
        outer = "The whole source"
    steps = (step.partition(":") for step in inner)
    return visible(", ".join([outer, *(f"{LAYERS.get(k, k)} {value}" for k, _, value in steps)]))


def carved_places(locator: str) -> tuple[str, ...]:
    """Return where in the source a carved entry lies, piece by piece in words, from its locator.

    Nothing for one that was not carved. Of very many pieces the locator names the first.
    """
    kind, _, value = locator.rpartition(";")[2].partition(":")
    if kind != "carved":
        return ()
    return tuple(map(_piece, value.split(",")))


def _piece(text: str) -> str:
    if text.startswith("~"):
        return visible(f"and {text[1:]} more pieces")
    offset, _, length = text.partition("+")
    return visible(f"{length} bytes from byte {offset}")
