"""Pack a sealed package into one age-encrypted file for transport, and unpack it again.

The file is a tar stream encrypted with age (age-encryption.org/v1). Unpacking takes only the
names that a package and its supplements have; whatever else the stream holds is refused.
"""

import os
import shutil
import tarfile
import tempfile
import threading
from pathlib import Path, PurePosixPath

import pyrage

from polit.base.errors import AuthorityError, PackageDamaged, UsageError
from polit.package.layout import MANIFEST, PARTS, SUPPLEMENTS, exhibit_of, package_name
from polit.package.seal import read_manifest
from polit.package.supplement import PARTS as SUPPLEMENT_PARTS
from polit.package.supplement import is_number, supplement_numbers

_NAMES = frozenset({MANIFEST, *PARTS})


def pack_package(package: Path, out: Path, recipients: list[pyrage.x25519.Recipient]) -> int:
    """Write a sealed package as one encrypted file; return its size in bytes.

    Raises:
        SourceMissing: The package is not sealed.
        PackageDamaged: A part is missing, or could not be read to its end.
        UsageError: The file is there already, or cannot be written.
    """
    top = package_name(read_manifest(package).exhibit)
    names = _names_of(package)
    for name in names:
        path = package / name
        is_linked = path.is_symlink() or (path.parent != package and path.parent.is_symlink())
        if is_linked or not path.is_file():
            raise PackageDamaged(f"{package} lacks its part {name}: verify it")
    if out.exists():
        raise UsageError(f"{out} is there already: name another file")
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=".packing-", dir=out.parent)
        try:
            _encrypt(_Feeder(package, top, names), descriptor, recipients)
            Path(temporary).rename(out)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}") from error
    return out.stat().st_size


def _names_of(package: Path) -> list[str]:
    names = [
        f"{SUPPLEMENTS}/{number}/{name}"
        for number in supplement_numbers(package)
        for name in (MANIFEST, *SUPPLEMENT_PARTS)
    ]
    return [*sorted(_NAMES), *names]


def _encrypt(feeder: "_Feeder", descriptor: int, recipients: list[pyrage.x25519.Recipient]) -> None:
    with os.fdopen(descriptor, "wb") as sealed:
        read_end = feeder.begin()
        try:
            with os.fdopen(read_end, "rb") as plain:
                pyrage.encrypt_io(plain, sealed, recipients)
        finally:
            feeder.join()
        if feeder.error is not None:
            raise PackageDamaged(
                f"{feeder.package} could not be read to its end, nothing was packed: {feeder.error}"
            ) from feeder.error
        sealed.flush()
        os.fsync(sealed.fileno())


class _Feeder(threading.Thread):
    """Writes the tar stream into a pipe and keeps what stopped it, for the reader to raise."""

    def __init__(self, package: Path, top: str, names: list[str]) -> None:
        super().__init__(daemon=True)
        self.package, self._top, self._names = package, top, names
        self._descriptor = -1
        self.error: Exception | None = None

    def begin(self) -> int:
        """Start, and return the end of the pipe to read from."""
        read_end, self._descriptor = os.pipe()
        self.start()
        return read_end

    def run(self) -> None:
        try:
            self._write_tar()
        except (OSError, ValueError, tarfile.TarError) as error:
            self.error = error

    def _write_tar(self) -> None:
        with (
            os.fdopen(self._descriptor, "wb") as stream,
            tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            for name in self._names:
                tar.add(self.package / name, f"{self._top}/{name}", filter=_anonymous)


def unpack_package(file: Path, out: Path, identity: pyrage.x25519.Identity) -> Path:
    """Unpack an encrypted package into a folder below ``out``; return that folder.

    Raises:
        AuthorityError: The file is not encrypted to this installation.
        PackageDamaged: It is no packed package, or was altered.
        UsageError: The folder is there already.
    """
    out.mkdir(parents=True, exist_ok=True)
    # A folder of our own: nothing that the person keeps in ``out`` can bear its name.
    private = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=out))
    try:
        _decrypt(file, private / "tar", identity)
        target = out / _extract(private / "tar", private / "package")
        if target.exists():
            raise UsageError(f"{target} is there already: unpack into another folder")
        (private / "package").rename(target)
    finally:
        shutil.rmtree(private, ignore_errors=True)
    return target


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
    seen: set[str] = set()
    try:
        with tarfile.open(plain, mode="r:") as tar:
            for member in tar:
                top, _, name = member.name.partition("/")
                if not _is_part(member, top, name) or name in seen or top != (package or top):
                    raise PackageDamaged("the packed file holds something that is no part")
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
    missing = sorted(_wanted(seen) - seen)
    if missing:
        raise PackageDamaged(f"the packed file lacks {', '.join(missing)}")
    return package


def _wanted(seen: set[str]) -> frozenset[str]:
    """Return all names that must be there, given those that are: supplements come whole."""
    places = {name.rpartition("/")[0] for name in seen - _NAMES}
    names = (MANIFEST, *SUPPLEMENT_PARTS)
    return _NAMES | {f"{place}/{name}" for place in places for name in names}


def _is_part(member: tarfile.TarInfo, top: str, name: str) -> bool:
    # The name must be one that ``package_name`` makes: no separator, no "..", nothing hidden in it.
    is_known = name in _NAMES or _is_of_supplement(name)
    return member.isfile() and is_known and top == package_name(exhibit_of(top))


def _is_of_supplement(name: str) -> bool:
    folder, _, rest = name.partition("/")
    number, _, part = rest.partition("/")
    return folder == SUPPLEMENTS and is_number(number) and part in {MANIFEST, *SUPPLEMENT_PARTS}
