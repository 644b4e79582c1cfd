"""One tree of benign files for file systems that are made from a folder or a list."""

from evidence import contents

FOLDERS = ("Pictures", "Pictures/2024", "Pictures/2024/June", "many", "deep")
DEPTH = 9
LINK, LINK_TARGET = "a-link", "Pictures/landscape.jpg"


def files() -> dict[str, bytes]:
    """Return the tree's files by their paths; names hold no blanks, as a proto file needs it."""
    found = {
        "readme.txt": contents.text(901, 700),
        "empty": b"",
        "Pictures/landscape.jpg": contents.jpeg(902, 320, 240),
        "Pictures/été-☃.jpg": contents.jpeg(903, 100, 80),
        "Pictures/2024/June/" + "long-" * 15 + "name.txt": contents.text(904, 5_000),
        "Pictures/2024/June/noise.bin": contents.noise(905, 300_000),
    }
    for number in range(200):
        found[f"many/file-number-{number:03}.txt"] = contents.text(1000 + number, 20 + number)
    folder = "deep"
    for level in range(DEPTH):
        folder += f"/level-{level}"
        found[f"{folder}/note-{level}.txt"] = contents.text(1300 + level, 3_000)
    return found
