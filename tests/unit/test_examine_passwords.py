"""The list of passwords: what a line stands for, what is refused, and that none is told."""

from pathlib import Path

import pytest

from polit.base.errors import SourceMissing, UsageError
from polit.examine.passwords import META, check_same_passwords, keyed_digest, read_passwords
from polit.model.secrets import SecretKind, read_secret
from polit.package.write import Ledger

RECOVERY = "042647-302313-590458-071500-554323-116567-412181-516978"


def written(folder: Path, raw: bytes) -> Path:
    path = folder / "list"
    path.write_bytes(raw)
    return path


def test_lines_keep_their_numbers_and_spaces(tmp_path: Path) -> None:
    path = written(tmp_path, "\ufeffone\r\n\n two \nGrüße\n\n\n".encode())
    assert read_passwords(path) == (b"one", b"", b" two ", "Grüße".encode())
    assert read_passwords(None) == ()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"x" * 65_537, "over 65536 bytes"),
        (b"x\n" * 1001, "over 1000 lines"),
        (b"hush\xff", "not UTF-8"),
    ],
)
def test_what_is_no_list_is_refused_without_showing_it(
    tmp_path: Path, raw: bytes, words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        read_passwords(written(tmp_path, raw))
    assert "hush" not in str(caught.value)


def test_a_list_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="no list of passwords"):
        read_passwords(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (RECOVERY, SecretKind.RECOVERY_PASSWORD),
        (RECOVERY.replace("-", ""), SecretKind.RECOVERY_PASSWORD),
        (RECOVERY.replace("042647", "042648"), SecretKind.PASSWORD),
        (RECOVERY.replace("042647", "999999"), SecretKind.PASSWORD),
        ("hex:00ff", SecretKind.KEY),
        ("hex:00f", SecretKind.PASSWORD),
        ("hex:", SecretKind.PASSWORD),
        ("letmein", SecretKind.PASSWORD),
    ],
)
def test_a_secret_is_known_by_its_form(line: str, kind: SecretKind) -> None:
    secret = read_secret(7, line)
    assert (secret.number, secret.kind) == (7, kind)
    assert line.removeprefix("hex:") not in repr(secret) or line == "hex:"


def test_another_list_is_refused_and_the_same_is_not(tmp_path: Path) -> None:
    key, secrets = bytes(32), (b"one", b"two")
    ledger = Ledger(tmp_path)
    ledger.set_meta(META, keyed_digest(secrets, key))
    check_same_passwords(ledger, secrets, key)
    for other in ((b"one",), (b"two", b"one"), (b"onet", b"wo"), ()):
        with pytest.raises(UsageError, match="another list of passwords"):
            check_same_passwords(ledger, other, key)
    assert keyed_digest(secrets, bytes([1] * 32)) != keyed_digest(secrets, key)
    ledger.abandon()
