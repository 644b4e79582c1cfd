"""Build the sample: a benign disk with a camera card and a computer's volume on it.

``python samples/build_sample.py OUT_DIR`` writes ``sample.dd`` (MBR, FAT32, NTFS),
``sample-truth.json`` (what was planted) and ``hash-sets`` (lists of some of its files). The
photographs are those of the Debian package ``lomiri-wallpapers-16.04`` (CC-BY, CC-BY-SA and CC0;
landscapes, plants, things; no people); without it, drawn landscapes stand in. Contents and layout
are the same each time; NTFS serial number and times are those of the day.
"""

import io
import json
import os
import re
import struct
import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from evidence import contents, fat, truth
from evidence.fat_table import FatImage
from evidence.mounts import ntfs_mounted, set_times
from evidence.ntfs import copy_flat
from evidence.tools import EPOCH_S, ToolFailed, blank, run, write_tree

from samples import inside, known

PHOTOGRAPHS = Path("/usr/share/backgrounds")
PACKAGE = "lomiri-wallpapers-16.04"
PHOTOGRAPH = re.compile(r"^\w+_by_\w+\.jpg$")
MIB = 1 << 20
CARD_AT_MIB, CARD_MIB = 1, 72
COMPUTER_AT_MIB, COMPUTER_MIB = 75, 64
DISK_MIB = 140

Files = dict[str, bytes]


def main(arguments: list[str]) -> int:
    """Build into the folder named; return the exit code."""
    if len(arguments) != 1:
        print("usage: build_sample.py OUT_DIR", file=sys.stderr)
        return 2
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    photographs, said = find_photographs()
    print(said, file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="polit-sample-", dir=out) as made:
        work = Path(made)
        card, on_card = build_card(work, photographs)
        computer, on_computer = build_computer(work, photographs)
        planted = truth.joined(
            (
                on_card.on_volume(1, offset_bytes=CARD_AT_MIB * MIB),
                on_computer.on_volume(2, offset_bytes=COMPUTER_AT_MIB * MIB),
            )
        )
        join_disk(work / "sample.dd", card, computer)
        (work / "sample.dd").replace(out / "sample.dd")
    planted.save(out / "sample-truth.json")
    known.write_lists(out / "hash-sets", photographs)
    for limit in planted.limits:
        print(limit, file=sys.stderr)
    print(json.dumps({"image": str(out / "sample.dd"), "planted": len(planted.planted)}))
    return 0


def find_photographs() -> tuple[list[bytes], str]:
    """Return at least 12 photographs in a fixed order, and what they are."""
    found = sorted(path for path in PHOTOGRAPHS.glob("*.jpg") if PHOTOGRAPH.match(path.name))
    if len(found) >= 12:
        return [path.read_bytes() for path in found], f"{len(found)} photographs of {PACKAGE}"
    drawn = [contents.jpeg(400 + number, 1600, 1200) for number in range(15)]
    return drawn, f"drawn landscapes stand in for photographs ({PACKAGE} is not installed)"


def build_card(folder: Path, photographs: list[bytes]) -> tuple[Path, truth.Truth]:
    """Build the camera's card: FAT32 by mkfs.fat and mtools."""
    image = blank(folder / "card.dd", CARD_MIB * MIB)
    options = ["--invariant", "-F", "32", "-s", "2", "-i", "5A3C1E00", "-n", "CAMERA"]
    run(["mkfs.fat", *options, image])
    live, gone, gone_folder = card_files(photographs)
    victim, victim_path = scaled(photographs[1], 2000), "DCIM/100CANON/IMG_0098.JPG"
    fat.copy_tree(image, {**live, **gone, **gone_folder, victim_path: victim})
    lost_clusters = FatImage(image).chain_of(victim_path)
    run(["mdel", "-i", image, f"::/{victim_path}"])
    look_for_space_from(image, lost_clusters[0])
    replacement = {"DCIM/101CANON/IMG_0199.JPG": scaled(photographs[2], 2000)}
    fat.copy_tree(image, replacement)
    if not set(FatImage(image).chain_of(next(iter(replacement)))) & set(lost_clusters):
        raise AssertionError("the deleted picture was not overwritten")
    for path in gone:
        run(["mdel", "-i", image, f"::/{path}"])
    run(["mdeltree", "-i", image, "::/DCIM/holiday at the lake"])
    folders = ("DCIM", "DCIM/100CANON", "DCIM/101CANON", "MISC")
    items = [truth.Planted(path, entry_type=truth.FOLDER) for path in folders]
    items += [truth.live_file(path, data) for path, data in {**live, **replacement}.items()]
    items += [
        truth.deleted_file(fat.after_deletion(path), data)
        for path, data in {**gone, **gone_folder}.items()
    ]
    items.append(truth.Planted("DCIM/holiday at the lake", truth.DELETED, entry_type=truth.FOLDER))
    items.append(truth.overwritten_file(fat.after_deletion(victim_path), victim))
    return image, truth.Truth(tuple(items))


def card_files(photographs: list[bytes]) -> tuple[Files, Files, Files]:
    """Return what stays on the card, what is deleted, and what goes with its folder."""
    live = {f"DCIM/100CANON/IMG_{n:04}.JPG": data for n, data in enumerate(photographs, 1)}
    live |= {
        f"DCIM/101CANON/IMG_{n:04}.JPG": contents.jpeg(500 + n, 640, 480) for n in range(101, 121)
    }
    live["DCIM/100CANON/MVI_0042.MP4"] = inside.video(photographs[8], 6)
    live["MISC/INDEX.TXT"] = contents.text(520, 600)
    live["MISC/EMPTY.TXT"] = b""
    gone = {
        "DCIM/100CANON/IMG_0090.JPG": scaled(photographs[5], 1800),
        "DCIM/101CANON/first light.jpg": scaled(photographs[6], 1200),
    }
    names = ("shore.jpg", "boats.jpg", "evening.png")
    gone_folder = {
        f"DCIM/holiday at the lake/{name}": (
            contents.png(530) if name.endswith("png") else scaled(photographs[7 + n], 1024)
        )
        for n, name in enumerate(names)
    }
    return live, gone, gone_folder


def look_for_space_from(image: Path, cluster: int) -> None:
    """Make FSINFO say that the last cluster taken lies just before this one.

    A device that was switched off in between looks for space from the start again; mtools goes
    on behind the last cluster it took, as FSINFO tells it.
    """
    with image.open("r+b") as opened:
        boot = opened.read(512)
        sector_bytes = struct.unpack_from("<H", boot, 11)[0]
        info_at = struct.unpack_from("<H", boot, 48)[0] * sector_bytes
        opened.seek(info_at + 492)
        opened.write(struct.pack("<I", cluster - 1))


def build_computer(folder: Path, photographs: list[bytes]) -> tuple[Path, truth.Truth]:
    """Build the computer's volume: NTFS by mkntfs, written by ntfs-3g or else flat by ntfscp."""
    image = blank(folder / "computer.dd", COMPUTER_MIB * MIB)
    run(["mkntfs", "-F", "-q", "-L", "COMPUTER", image])
    live, gone, streams = computer_files(photographs)
    hidden, holders = hidden_pictures(photographs)
    live |= holders
    at = folder / "mounted"
    at.mkdir()
    try:
        with ntfs_mounted(image, at):
            write_tree(at, {os.fsencode(path): data for path, data in {**live, **gone}.items()})
            for path, data in streams.items():
                (at / path).write_bytes(data)
            set_times(at, EPOCH_S)
    except ToolFailed:
        items = copy_flat(image, live, streams)
        limit = "NTFS volume without folders and deletions: ntfs-3g cannot mount for this user"
        return image, truth.Truth(tuple(items), (limit,))
    with ntfs_mounted(image, at):
        for path in gone:
            (at / path).unlink()
    folders = {
        "/".join(path.split("/")[:n]) for path in live for n in range(1, path.count("/") + 1)
    }
    items = [truth.Planted(path, entry_type=truth.FOLDER) for path in sorted(folders)]
    items += [truth.live_file(path, data) for path, data in live.items()]
    items += [
        truth.live_file(path, data, entry_type=truth.STREAM) for path, data in streams.items()
    ]
    items += [truth.deleted_file(path, data) for path, data in gone.items()]
    items += [truth.live_file(path, data, entry_type=truth.EMBEDDED) for path, data in hidden]
    return image, truth.Truth(tuple(items))


def hidden_pictures(photographs: list[bytes]) -> tuple[list[tuple[str, bytes]], Files]:
    """Return pictures inside things, by the path that a listing gives them; and those things."""
    attached, pasted = scaled(photographs[9], 700), scaled(photographs[10], 600)
    cut, thumbnail = inside.cut_photograph(scaled(photographs[11], 1200))
    holders = {
        "Users/sam/Documents/our trip.docx": inside.letter(pasted),
        "Users/sam/Documents/the boats.eml": inside.mail(attached),
        "Users/sam/Pictures/2018/cut.jpg": cut,
    }
    hidden = [
        ("Users/sam/Documents/our trip.docx/word/media/image1.jpeg", pasted),
        ("Users/sam/Documents/the boats.eml/boats.jpg", attached),
        ("Users/sam/Pictures/2018/cut.jpg/exif thumbnail", thumbnail),
    ]
    return hidden, holders


def computer_files(photographs: list[bytes]) -> tuple[Files, Files, Files]:
    """Return what stays on the computer, what is deleted, and the streams."""
    pictures, downloads, documents = (
        f"Users/sam/{name}" for name in ("Pictures", "Downloads", "Documents")
    )
    live = {
        f"{pictures}/Screenshots/screen {n}.png": contents.png(600 + n, 800, 600) for n in range(6)
    }
    live |= {
        f"{pictures}/2018/small {n:02}.jpg": scaled(data, 800)
        for n, data in enumerate(photographs, 1)
    }
    live[f"{pictures}/copy of the bridge.jpg"] = photographs[0]
    live[f"{pictures}/2018/from the phone.heic"] = inside.heic(photographs[4])
    live |= known.SYSTEM_FILES
    live |= _documents(documents) | _downloads(downloads, photographs) | _broken(pictures)
    gone = {
        f"{pictures}/2018/deleted dandelion.jpg": scaled(photographs[-3], 1500),
        f"{documents}/deleted letter.txt": contents.text(620, 4_000),
    }
    streams = {
        f"{documents}/shopping list.txt:hidden view.jpg": scaled(photographs[3], 1000),
        f"{downloads}/timetable.pdf:Zone.Identifier": b"[ZoneTransfer]\r\nZoneId=3\r\n",
    }
    return live, gone, streams


def _documents(here: str) -> Files:
    files = {f"{here}/letter {n:02}.txt": contents.text(630 + n, 900 + 37 * n) for n in range(12)}
    files[f"{here}/shopping list.txt"] = b"bread\nmilk\napples\n"
    files[f"{here}/Grüße aus 東京.txt"] = contents.text(650, 300)
    return files


def _downloads(here: str, photographs: list[bytes]) -> Files:
    return {
        f"{here}/timetable.pdf": contents.pdf(660),
        f"{here}/letters.zip": contents.archive(contents.ARCHIVE_SEEDS[1]),
        f"{here}/setup.bin": contents.noise(662, 300_000),
        f"{here}/invoice.pdf": scaled(photographs[4], 900),
        f"{here}/notes.jpg": contents.text(663, 1_500),
        f"{here}/nothing.txt": b"",
    }


def _broken(here: str) -> Files:
    return {
        f"{here}/broken/truncated.jpg": contents.jpeg(670, 640, 480)[:9_000],
        f"{here}/broken/bad checksum.png": contents.png_bad_crc(671),
        f"{here}/broken/garbage.jpg": contents.noise(672, 5_000),
        f"{here}/broken/zero bytes.jpg": b"",
        f"{here}/broken/far too large.png": contents.png_bomb(48, 8_388_648),
    }


def scaled(photograph: bytes, longest_px: int) -> bytes:
    """Return a photograph as a smaller JPEG."""
    with Image.open(io.BytesIO(photograph), formats=("JPEG",)) as opened:
        opened.draft("RGB", (longest_px, longest_px))
        small = opened.convert("RGB")
    small.thumbnail((longest_px, longest_px), Image.Resampling.BILINEAR, reducing_gap=1.0)
    return contents.encoded(small, "JPEG")


def join_disk(disk: Path, card: Path, computer: Path) -> None:
    """Write the partition table with sfdisk and copy both volumes to their places."""
    blank(disk, DISK_MIB * MIB)
    sectors = MIB // 512
    table = (
        "label: dos\nlabel-id: 0x5a3c1e01\nunit: sectors\n"
        f"start={CARD_AT_MIB * sectors}, size={CARD_MIB * sectors}, type=c\n"
        f"start={COMPUTER_AT_MIB * sectors}, size={COMPUTER_MIB * sectors}, type=7\n"
    )
    run(["sfdisk", "-q", "--no-reread", "--no-tell-kernel", disk], given=table.encode())
    with disk.open("r+b") as opened:
        for at_mib, part in ((CARD_AT_MIB, card), (COMPUTER_AT_MIB, computer)):
            data = part.read_bytes()
            for at in range(0, len(data), MIB):
                block = data[at : at + MIB]
                if block.strip(b"\0"):
                    opened.seek(at_mib * MIB + at)
                    opened.write(block)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
