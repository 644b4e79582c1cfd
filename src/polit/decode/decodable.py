"""Which media types the decoders take: read by the walker too, so it imports nothing."""

STILLS: frozenset[str] = frozenset({
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heic-sequence",
    "image/heif",
    "image/heif-sequence",
    "image/jp2",
    "image/jpeg",
    "image/jpx",
    "image/png",
    "image/tiff",
    "image/vnd.adobe.photoshop",
    "image/vnd.microsoft.icon",
    "image/webp",
    "image/x-canon-cr2",
    "image/x-canon-cr3",
    "image/x-fuji-raf",
    "image/x-jp2-codestream",
    "image/x-olympus-orf",
    "image/x-panasonic-rw2",
    "image/x-portable-anymap",
})  # fmt: skip
"""Pictures; camera RAW by the preview that its camera embedded."""

VIDEOS: frozenset[str] = frozenset({
    "video/3gpp",
    "video/3gpp2",
    "video/mp2t",
    "video/mp4",
    "video/mpeg",
    "video/ogg",
    "video/quicktime",
    "video/webm",
    "video/x-flv",
    "video/x-m4v",
    "video/x-matroska",
    "video/x-ms-asf",
    "video/x-msvideo",
})  # fmt: skip
"""Videos, by the containers on the allowlist of demuxers."""

HOLDERS: frozenset[str] = frozenset({
    "application/epub+zip",
    "application/pdf",
    "application/x-ms-thumbcache",
    "application/x-ole-storage",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.ms-outlook",
    "application/vnd.visio",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.graphics",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/mbox",
    "message/rfc822",
})  # fmt: skip
"""Documents, mail and caches that may hold pictures: what they hold becomes entries."""
