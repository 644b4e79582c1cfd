"""Every kind of image is read to its end by the real walker, which may open nothing any more."""

import hashlib
from pathlib import Path

from container_images import mixed_bytes
from disk_images import DISKS
from made_differences import DIFFERENCES

from polit.examine.source import open_source
from polit.sandbox import walking_messages as say
from polit.sandbox.holding import Holding
from polit.sandbox.isolate import Role, Zygote, start_zygote
from polit.sandbox.walking import Walker, WalkPatience, wait_readable

DEVICE = mixed_bytes(3 << 20, seed=5)
BUILDERS = {**DISKS, **DIFFERENCES}


def measured(walkers: Zygote, path: Path) -> tuple[str, bytes]:
    """Open an image as an examination does; return its container and its SHA-256."""
    source = open_source(path, accept_atime=True)
    walker = Walker(
        walkers, source.walk, slots=(), holding=Holding(), patience=WalkPatience(20, 20)
    )
    try:
        walker.send(say.FindVolumes())
        walker.send(say.MeasureSource())
        name = ""
        for _ in range(10_000):
            wait_readable([walker.fileno()], 1.0)
            for reply in walker.poll():
                if isinstance(reply, say.VolumesFound):
                    name = reply.container
                elif isinstance(reply, say.SourceMeasured):
                    source.check_unchanged()
                    return name, reply.sha256
                else:
                    assert isinstance(reply, say.SourceProgress | say.SourceState), path.name
        raise AssertionError("the walker did not answer")
    finally:
        walker.close()
        source.close()


def test_the_walker_reads_every_kind_of_image(tmp_path: Path) -> None:
    wanted = hashlib.sha256(DEVICE).digest()
    walkers = start_zygote(Role.WALKER)
    found, expected = {}, {}
    try:
        for name, (plugin, build) in BUILDERS.items():
            folder = tmp_path / name
            folder.mkdir()
            expected[name] = (plugin, wanted)
            found[name] = measured(walkers, build(folder, DEVICE))
    finally:
        walkers.close()
    assert found == expected
