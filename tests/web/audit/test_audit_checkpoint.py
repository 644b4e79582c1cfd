"""Checkpoints are signed notes as C2SP has them; one meaning has one form."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from polit.base.errors import IntegrityError
from polit.web.audit import checkpoint as notes
from polit.web.audit.checkpoint import Checkpoint, LogKey

# The example of the Go implementation that the format comes from (golang.org/x/mod/sumdb/note).
NAME = "PeterNeumann"
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNER = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNED = (
    f"{TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
    "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SIGNING = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = LogKey("polit.invalid/audit/test", SIGNING.public_key().public_bytes_raw())
POINT = Checkpoint(KEY.name, 12, bytes(range(32)), "2026-11-26T10:00:00Z")
NOTE = notes.sign_checkpoint(POINT, SIGNING)


def test_published_key_and_note_are_ours() -> None:
    signing = Ed25519PrivateKey.from_private_bytes(base64.b64decode(SIGNER)[1:])
    key = notes.log_key(VERIFIER)
    assert key == LogKey(NAME, signing.public_key().public_bytes_raw())
    assert key.key_id.hex() == "c74f20a3"
    assert key.text == VERIFIER
    assert notes.sign_note(TEXT, NAME, signing) == SIGNED
    assert notes.check_note(SIGNED, key) == TEXT


def test_checkpoint_is_read_as_it_was_signed() -> None:
    assert notes.check_checkpoint(NOTE, KEY) == POINT
    assert NOTE.startswith(f"{KEY.name}\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nsigned ")


@given(st.data())
def test_note_with_one_changed_letter_is_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda char: char != NOTE[place]))
    with pytest.raises(IntegrityError):
        notes.check_checkpoint(NOTE[:place] + letter + NOTE[place + 1 :], KEY)


@pytest.mark.parametrize(
    "note",
    [
        "", "\n", NOTE + "\n", NOTE + NOTE, NOTE[:-1], NOTE.replace("\n\n", "\n"),
        NOTE.replace("\u2014", "-"), NOTE.replace("=\n", "\n"), NOTE.replace("AAEC", " AAEC"),
    ],
)  # fmt: skip
def test_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(IntegrityError):
        notes.check_checkpoint(note, KEY)


@pytest.mark.parametrize(
    "text",
    [
        "one line\n",
        POINT.text.replace("\n12\n", "\n012\n"),
        POINT.text.replace("\n12\n", "\n-1\n"),
        POINT.text.replace("AAEC", "AAECAAEC"),
        POINT.text.replace("signed ", "at "),
        POINT.text.replace("10:00:00Z", "10:00:00+00:00"),
        POINT.text + "another line\n",
        POINT.text.replace(KEY.name, "another.example/log"),
        POINT.text.replace(KEY.name, "a name"),
        POINT.text.replace("Hh8=", "Hh9="),
        POINT.text.replace("Hh8=", "Hh8é"),
    ],
)
def test_signed_text_that_is_no_checkpoint_of_this_log_is_refused(text: str) -> None:
    with pytest.raises(IntegrityError):
        notes.check_checkpoint(notes.sign_note(text, KEY.name, SIGNING), KEY)


def test_note_of_another_key_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(IntegrityError, match="another key"):
        notes.check_checkpoint(notes.sign_checkpoint(POINT, other), KEY)


@pytest.mark.parametrize(
    "line",
    [
        "", "name", "name+00000000+AAAA", VERIFIER.replace("c74f20a3", "c74f20a4"),
        VERIFIER.replace("ARpc", "Arpc"), VERIFIER[:-4], VERIFIER.replace("+ARpc", "+ !"),
    ],
)  # fmt: skip
def test_line_that_is_no_key_is_refused(line: str) -> None:
    with pytest.raises(IntegrityError):
        notes.log_key(line)


def test_name_of_a_log_is_its_keys_fingerprint() -> None:
    assert notes.origin_of(b"\0" * 32) == "polit.invalid/audit/66687aadf862bd77"
