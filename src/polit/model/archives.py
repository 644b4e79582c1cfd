"""Which media types are archives that are opened: read by both sides, so it imports nothing."""

COMPRESSED: dict[str, str] = {
    "application/gzip": "gzip",
    "application/x-bzip2": "bzip2",
    "application/x-xz": "xz",
    "application/x-lzma": "lzma",
    "application/zstd": "zstd",
    "application/x-lz4": "lz4",
    "application/x-lzip": "lzip",
    "application/x-compress": "compress",
}
"""One content or one tar, compressed; with the step that a locator has for it."""

ARCHIVES: frozenset[str] = frozenset({
    *COMPRESSED,
    "application/java-archive",
    "application/vnd.android.package-archive",
    "application/vnd.debian.binary-package",
    "application/vnd.ms-cab-compressed",
    "application/vnd.rar",
    "application/x-7z-compressed",
    "application/x-archive",
    "application/x-cpio",
    "application/x-iso9660-image",
    "application/x-lzh-compressed",
    "application/x-rar",
    "application/x-rpm",
    "application/x-tar",
    "application/x-xar",
    "application/zip",
})  # fmt: skip
