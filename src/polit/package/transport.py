"""Pack a sealed package into one age-encrypted file for transport, and unpack it again.

The file is a tar stream encrypted with age (age-encryption.org/v1). Unpacking takes only the
names that a package has; whatever else the stream holds is refused.
"""

import os
import shutil
import tarfile
import threading
from pathlib import Path, PurePosixPath

import pyrage

from polit.base.errors import AuthorityError, PackageDamaged, UsageError
from polit.package.layout import FINDINGS, MANIFEST, PACKS, SUFFIX
from polit.package.seal import read_manifest

_NAMES = frozenset({MANIFEST, FINDINGS, *PACKS})


def pack_package(package: Path, out: Path, recipients: list[pyrage.x25519.Recipient]) -> int:
    """Write a sealed package as one encrypted file; return its size in bytes.

    Raises:
        SourceMissing: The package is not sealed.
        UsageError: The file is there already, or cannot be written.
    """
    read_manifest(package)
    if out.exists():
        raise UsageError(f"{out} is there already: name another file")
    temporary = out.with_name(out.name + ".part")
    read_end, write_end = os.pipe()
    feeder = threading.Thread(target=_write_tar, args=(package, write_end), daemon=True)
    try:
        with os.fdopen(read_end, "rb") as plain, temporary.open("xb") as sealed:
            feeder.start()
            pyrage.encrypt_io(plain, sealed, recipients)
            sealed.flush()
            os.fsync(sealed.fileno())
        feeder.join()
        temporary.rename(out)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return out.stat().st_size


def unpack_package(file: Path, out: Path, identity: pyrage.x25519.Identity) -> Path:
    """Unpack an encrypted package into a folder below ``out``; return that folder.

    Raises:
        AuthorityError: The file is not encrypted to this installation.
        PackageDamaged: It is no packed package, or was altered.
        UsageError: The folder is there already.
    """
    out.mkdir(parents=True, exist_ok=True)
    temporary = out / (file.name + ".unpacking")
    plain = out / (file.name + ".tar")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        _decrypt(file, plain, identity)
        name = _extract(plain, temporary)
        target = out / name
        if target.exists():
            raise UsageError(f"{target} is there already: unpack into another folder")
        temporary.rename(target)
    finally:
        plain.unlink(missing_ok=True)
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _write_tar(package: Path, descriptor: int) -> None:
    with (
        os.fdopen(descriptor, "wb") as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in sorted(_NAMES):
            tar.add(package / name, f"{package.name}/{name}", filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _decrypt(file: Path, plain: Path, identity: pyrage.x25519.Identity) -> None:
    descriptor = os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with file.open("rb") as sealed, os.fdopen(descriptor, "wb") as room:
            pyrage.decrypt_io(sealed, room, [identity])
    except pyrage.DecryptError as error:
        raise AuthorityError(
            f"{file} is not encrypted to this installation, or is no packed package: ask the "
            "sender to pack it for the recipient that 'polit init' shows"
        ) from error
    except OSError as error:
        if error.errno is not None:
            raise UsageError(f"{plain} cannot be written: {error.strerror}") from error
        raise PackageDamaged(f"{file} does not decrypt: it was altered or cut short") from error


def _extract(plain: Path, folder: Path) -> str:
    package = ""
    seen = set()
    try:
        with tarfile.open(plain, mode="r:") as tar:
            for member in tar:
                top, _, name = member.name.partition("/")
                _check_member(member, top, name, package or top)
                package = top
                seen.add(name)
                target = folder / PurePosixPath(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                data = tar.extractfile(member)
                if data is not None:
                    with target.open("xb") as room:
                        shutil.copyfileobj(data, room, 1 << 20)
    except tarfile.TarError as error:
        raise PackageDamaged(f"the packed file holds no package: {error}") from error
    if seen != _NAMES:
        raise PackageDamaged(f"the packed file lacks {', '.join(sorted(_NAMES - seen))}")
    return package


def _check_member(member: tarfile.TarInfo, top: str, name: str, package: str) -> None:
    fits = member.isfile() and name in _NAMES and top == package
    if not fits or not top.endswith(SUFFIX) or top.startswith(".") or "\\" in top:
        raise PackageDamaged("the packed file holds something that is no part of a package")
