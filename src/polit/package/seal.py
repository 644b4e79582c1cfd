"""Seal a package: fold the rows, digest the parts, sign the manifest. Repeatable until done."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polit.base import faults
from polit.base.errors import PackageDamaged, SourceMissing
from polit.model.manifest import Manifest, Part
from polit.package import sealed_text
from polit.package.layout import FORMAT, MANIFEST, PARTS

_MAX_MANIFEST_BYTES = 64 << 20


def signed_bytes(manifest: Manifest) -> bytes:
    """Return the canonical bytes that the signature covers."""
    return sealed_text.signed_bytes(manifest)


def sign_manifest(manifest: Manifest, key: Ed25519PrivateKey) -> Manifest:
    """Return the manifest with its signature."""
    return sealed_text.sign(manifest, key)


def digest_parts(package: Path) -> tuple[Part, ...]:
    """Return the parts of a package with their digests, by path.

    Raises:
        PackageDamaged: A part is a link, or no regular file.
        OSError: A part is missing or cannot be read.
    """
    return sealed_text.digest_files(package, sorted(PARTS))


def render_manifest(manifest: Manifest) -> bytes:
    """Return the one form in which a manifest is written; any other text was not sealed.

    Raises:
        UsageError: It holds a value that has no canonical form.
    """
    return sealed_text.render(manifest)


def write_manifest(package: Path, manifest: Manifest) -> None:
    """Write the manifest in one step: temporary file, sync, rename, sync of the folder."""
    temporary = package / (MANIFEST + ".new")
    sealed_text.write_synced(temporary, render_manifest(manifest))
    faults.reach("seal.rename")
    temporary.rename(package / MANIFEST)
    sealed_text.sync_names(package)


def read_manifest(package: Path) -> Manifest:
    """Read a package's manifest. Its signature is not checked here.

    Raises:
        SourceMissing: The package is not sealed, or is none.
        PackageDamaged: It is no manifest of this layout.
    """
    return parse_manifest(read_manifest_bytes(package))


def read_manifest_bytes(package: Path) -> bytes:
    """Return the text of a package's manifest as it stands in the file.

    Raises:
        SourceMissing: The package is not sealed, or is none.
        PackageDamaged: It is no regular file, or longer than 64 MiB.
    """
    try:
        return sealed_text.read_text(package / MANIFEST, most_bytes=_MAX_MANIFEST_BYTES)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceMissing(
            f"{package} is no sealed package: finish it with 'polit examine … --resume'"
        ) from error


def parse_manifest(untrusted_text: bytes) -> Manifest:
    """Parse a manifest; keys that it does not know are passed over here, not in verifying.

    Raises:
        PackageDamaged: It is no manifest of this layout.
    """
    try:
        return sealed_text.parse(untrusted_text, Manifest)
    except PackageDamaged:
        _check_format(untrusted_text)
        raise


class _Format(msgspec.Struct):
    format: int


def _check_format(untrusted_text: bytes) -> None:
    """Say so where a text is no manifest because it is one of another format.

    Raises:
        PackageDamaged: It is.
    """
    try:
        told = msgspec.json.decode(untrusted_text, type=_Format)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if told.format != FORMAT:
        raise PackageDamaged(
            f"{MANIFEST} is of format {told.format}, this version reads {FORMAT}: "
            "use the version of polit that made the package, or examine the exhibit again"
        )
