"""The names that AFF4 gives to things, and how a thing's name becomes a member of the zip.

Source: AFF4 Standard v1.0, sections 2 to 6; the logical part as pyaff4 1.1 writes it.
"""

from urllib.parse import quote, unquote

SCHEMA = "http://aff4.org/Schema#"
IMAGE, DISK_IMAGE, CONTIGUOUS_IMAGE = (
    SCHEMA + "Image",
    SCHEMA + "DiskImage",
    SCHEMA + "ContiguousImage",
)
FILE_IMAGE, FOLDER, FOLDER_IMAGE = SCHEMA + "FileImage", SCHEMA + "Folder", SCHEMA + "FolderImage"
MAP, IMAGE_STREAM = SCHEMA + "Map", SCHEMA + "ImageStream"
ENCRYPTED_STREAM, KEY_BAG = SCHEMA + "EncryptedStream", SCHEMA + "keyBag"
DATA_STREAM, SIZE, HASH = SCHEMA + "dataStream", SCHEMA + "size", SCHEMA + "hash"
CHUNK_SIZE, CHUNKS_IN_SEGMENT = SCHEMA + "chunkSize", SCHEMA + "chunksInSegment"
COMPRESSION, GAP_STREAM = SCHEMA + "compressionMethod", SCHEMA + "mapGapDefaultStream"
ZERO, UNKNOWN, UNREADABLE = (
    SCHEMA + "Zero",
    SCHEMA + "UnknownData",
    SCHEMA + "UnreadableData",
)
SYMBOLIC = SCHEMA + "SymbolicStream"
ORIGINAL_NAME = SCHEMA + "originalFileName"
LOGICAL_KINDS = frozenset({FILE_IMAGE, FOLDER, FOLDER_IMAGE})
DISK_KINDS = frozenset({DISK_IMAGE, CONTIGUOUS_IMAGE, IMAGE})

METADATA = "information.turtle"
DESCRIPTION = "container.description"
VERSION = "version.txt"

_SCHEME = "aff4://"


def member_names(iri: str, volume: str) -> tuple[str, ...]:
    """Return the names under which a zip volume may hold a thing, the likeliest first.

    Args:
        iri: The thing's.
        volume: The volume's own; what begins with it is named by the rest.
    """
    if volume and iri.startswith(volume + "/"):
        rest = iri[len(volume) + 1 :].lstrip("/")
        return tuple(dict.fromkeys((rest, unquote(rest), f"/{rest}", quote(rest))))
    if iri.startswith(_SCHEME):
        authority, slash, rest = iri[len(_SCHEME) :].partition("/")
        return (quote(_SCHEME + authority, safe="") + slash + rest,)
    return (iri,)
