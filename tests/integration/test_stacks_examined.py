"""Stacks and effect of what was really examined; videos found by what was really decoded."""

from pathlib import Path

import numpy as np
from evidence.contents import encoded, landscape
from examinations import examine, package_of, polit
from family_videos import Cut, Footage, hashed, scaled
from plain_index import PlainIndex

from polit.match.videos import KnownVideos
from polit.model.matching import MatchTerms


def test_one_picture_in_many_sizes_is_viewed_once(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    large = landscape(5, 1200, 900)
    (source / "large.jpg").write_bytes(encoded(large, "JPEG"))
    (source / "again.jpg").write_bytes(encoded(large, "JPEG"))
    (source / "small.jpg").write_bytes(encoded(large.resize((600, 450)), "JPEG"))
    (source / "smaller.png").write_bytes(encoded(large.resize((400, 300)), "PNG"))
    (source / "other.jpg").write_bytes(encoded(landscape(6, 800, 600), "JPEG"))
    (source / "broken.jpg").write_bytes(encoded(large, "JPEG")[:300])
    (source / "note.txt").write_text("no picture")

    # 3: something failed, which is the broken picture.
    assert examine(source, tmp_path, "--accept-atime").code == 3
    told = polit(tmp_path / "data", "stacks", package_of(tmp_path), "--json").json()
    effect = polit(tmp_path / "data", "show", package_of(tmp_path), "--json").json()["effect"]

    (stack,) = told["stacks"]  # type: ignore[misc]
    assert [member["files"] for member in stack["members"]] == [2, 1, 1]  # type: ignore[has-type]
    assert told["together"]["stacks"] == 3  # type: ignore[index]
    assert isinstance(effect, dict)
    assert effect["media_files"] == 6
    assert (effect["exact_copies"], effect["near_copies"], effect["left_to_view"]) == (1, 2, 3)
    assert effect["left_not_decoded"] == 1


def test_a_video_is_found_by_a_smaller_copy_and_by_a_clip() -> None:
    footage = Footage(seed=2, pan_percent=0, seconds=8)
    known = hashed(footage, Cut())
    values = np.frombuffer(b"".join(frame.value for frame in known), dtype=np.uint8)
    listed = KnownVideos(
        PlainIndex(values.reshape(-1, 32)),
        records=np.zeros(len(known), dtype=np.uint32),
        qualities=np.array([frame.quality for frame in known], dtype=np.uint8),
        terms=MatchTerms(),
        at_ms=np.array([frame.frame_ms or 0 for frame in known], dtype=np.uint32),
    )

    (copy,) = listed.match_video(hashed(footage, Cut(edit=scaled(0.5), crf=32)))
    (clip,) = listed.match_video(hashed(footage, Cut(first_s=1, last_s=5)))
    other = listed.match_video(hashed(Footage(seed=3, pan_percent=0, seconds=8), Cut()))

    assert copy.relation(80) == "whole"
    assert (clip.relation(80), clip.covered_here_percent) == ("clip", 100)
    assert other == []
