"""E01 files that others made, against libewf, and the ones that once crashed a reader."""

from pathlib import Path

import pytest
from container_images import libewf_bytes, opened, read_all

from polit.base.errors import SourceUnreadable
from polit.evidence.source_digests import differing, digest_source

_FORENSIC = "SecurityRonin+ewf-forensic/core/tests/data"
IMAGES = (
    f"{_FORENSIC}/ctf_file6.E01",
    f"{_FORENSIC}/exfat1.E01",
    f"{_FORENSIC}/imageformat_mmls_1.E01",
    "log2timeline+dfvfs/test_data/ext2.E01",
)
REFUSED = (f"{_FORENSIC}/fuzz-crash-parse_segment-add-overflow.E01",)


@pytest.mark.corpora
@pytest.mark.parametrize("name", IMAGES)
def test_same_bytes_as_libewf_and_as_stated(corpora: Path, name: str) -> None:
    path = corpora / name
    with opened(path) as source:
        assert source.problems() == ()
        found = digest_source(source, progress=lambda _: None)
        assert found.bad_ranges == ()
        assert source.stored_digests()
        assert differing(found.digests, source.stored_digests()) == ()
        assert read_all(source) == libewf_bytes((path,))


@pytest.mark.corpora
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused(corpora: Path, name: str) -> None:
    with pytest.raises(SourceUnreadable), opened(corpora / name):
        pass
