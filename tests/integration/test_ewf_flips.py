"""A small count of the proof of single bit flips."""

from pathlib import Path

from prove import prove_e01_flips


def test_flips_are_found_where_they_are(tmp_path: Path) -> None:
    figures = prove_e01_flips.prove(60, tmp_path)
    assert figures["flips"] == 60
    assert figures["missed"] == 0


def test_stopped_proof_goes_on(tmp_path: Path) -> None:
    first = prove_e01_flips.prove(3, tmp_path)
    kept = (tmp_path / "flips.jsonl").read_bytes()
    both = prove_e01_flips.prove(5, tmp_path)
    assert first["flips"] == 3
    assert both["flips"] == 5
    assert (tmp_path / "flips.jsonl").read_bytes().startswith(kept)
