"""Which kind a media type counts as, and which types an extension of a name stands for."""

from polit.model.media import MediaKind

_BY_CLASS = {
    "image": MediaKind.STILL,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
    "text": MediaKind.DOCUMENT,
    "message": MediaKind.DOCUMENT,
}

_DOCUMENTS = """
application/pdf application/rtf application/postscript application/json application/xml
application/xhtml+xml application/msword application/vnd.ms-excel application/vnd.ms-powerpoint
application/vnd.ms-outlook application/vnd.visio application/x-ole-storage application/mbox
application/vnd.ms-htmlhelp application/x-mobipocket-ebook application/epub+zip
application/vnd.openxmlformats-officedocument.wordprocessingml.document
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
application/vnd.openxmlformats-officedocument.presentationml.presentation
application/vnd.oasis.opendocument.text application/vnd.oasis.opendocument.spreadsheet
application/vnd.oasis.opendocument.presentation application/vnd.oasis.opendocument.graphics
application/onenote application/vnd.ms-xpsdocument application/x-mswrite application/javascript
application/x-ndjson application/x-bplist application/x-wine-extension-ini
""".split()  # noqa: SIM905 - long names read better as words

_ARCHIVES = """
application/zip application/gzip application/x-bzip2 application/x-xz application/x-lzma
application/zstd application/x-lz4 application/x-lzip application/x-compress application/x-tar
application/x-7z-compressed application/vnd.rar application/x-rar application/vnd.ms-cab-compressed
application/x-cpio application/x-archive application/vnd.debian.binary-package application/x-rpm
application/java-archive application/vnd.android.package-archive application/x-arj
application/x-lzh-compressed application/x-ace-compressed application/x-iso9660-image
application/x-ewf application/x-qemu-disk application/x-vmdk application/x-vhd application/x-vhdx
application/x-apple-diskimage application/x-virtualbox-vdi application/x-aff application/x-squashfs
application/x-stuffit application/x-xar application/x-lzop application/x-zoo
application/x-android-backup application/x-ms-wim application/x-disk-image
application/x-ad1
""".split()  # noqa: SIM905 - long names read better as words

_DATABASES = """
application/vnd.sqlite3 application/x-sqlite3-wal application/x-sqlite3-journal application/x-ms-ese
application/x-msaccess application/x-ms-registry application/x-leveldb application/x-dbf
application/x-thunderbird-mork application/x-berkeley-db application/x-realm application/x-lmdb
application/x-ms-thumbcache application/x-hdf5 application/x-outlook-store application/x-gdbm
""".split()  # noqa: SIM905 - long names read better as words

_BY_TYPE = {
    **dict.fromkeys(_DOCUMENTS, MediaKind.DOCUMENT),
    **dict.fromkeys(_ARCHIVES, MediaKind.ARCHIVE),
    **dict.fromkeys(_DATABASES, MediaKind.DATABASE),
    "application/vnd.rn-realmedia": MediaKind.VIDEO,
    "application/mxf": MediaKind.VIDEO,
    "application/ogg": MediaKind.AUDIO,
}


def kind_of(mime: str) -> MediaKind:
    """Return the kind that a lower-case media type counts as."""
    known = _BY_TYPE.get(mime)
    return known or _BY_CLASS.get(mime.partition("/")[0], MediaKind.OTHER)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OLE = "application/x-ole-storage"
_ANY_TEXT = "text/ message/ application/json application/xml application/rtf application/mbox"

# One line an extension family: extensions | the types their content may have. A type ending
# in / stands for its whole class. Where an extension is used for unlike things it is left out:
# it then says nothing.
_FAMILIES = f"""
jpg jpeg jpe jfif | image/jpeg
png apng | image/png
gif | image/gif
bmp dib | image/bmp
pbm pgm ppm pnm | image/x-portable-anymap
tif tiff | image/tiff
webp | image/webp
heic heif hif | image/heic image/heif image/avif
avif | image/avif image/heif
jp2 jpx j2k jpf jpc | image/jp2 image/jpx image/x-jp2-codestream
jxl | image/jxl
ico cur | image/vnd.microsoft.icon
psd psb | image/vnd.adobe.photoshop
svg | image/svg+xml application/xml
dng nef arw cr2 pef nrw srw | image/tiff image/x-canon-cr2 image/x-adobe-dng
cr3 | image/x-canon-cr3
raf | image/x-fuji-raf
orf | image/x-olympus-orf
rw2 | image/x-panasonic-rw2
mp4 m4v f4v | video/mp4 video/x-m4v video/quicktime video/3gpp video/3gpp2
mov qt | video/quicktime video/mp4
3gp 3gpp | video/3gpp video/mp4 audio/3gpp
3g2 | video/3gpp2 video/mp4
avi divx | video/x-msvideo
mkv mka mks | video/x-matroska
webm | video/webm video/x-matroska
wmv asf wma | video/x-ms-asf
flv | video/x-flv
mpg mpeg vob m2v mpe | video/mpeg
mts m2ts | video/mp2t
ogv | video/ogg application/ogg
rm rmvb | application/vnd.rn-realmedia
mp3 | audio/mpeg
m4a m4b m4p | audio/mp4 video/mp4
aac | audio/aac audio/mp4
wav | audio/vnd.wave
flac | audio/flac
ogg oga opus | audio/ogg application/ogg video/ogg
amr | audio/amr
aif aiff aifc | audio/aiff
mid midi | audio/midi
pdf | application/pdf
rtf | application/rtf
doc dot | application/msword {_OLE} application/rtf
xls xlt | application/vnd.ms-excel {_OLE}
ppt pps pot | application/vnd.ms-powerpoint {_OLE}
msg | application/vnd.ms-outlook {_OLE}
docx docm dotx | {_OFFICE}wordprocessingml.document
xlsx xlsm xltx | {_OFFICE}spreadsheetml.sheet
pptx pptm ppsx | {_OFFICE}presentationml.presentation
odt | application/vnd.oasis.opendocument.text
ods | application/vnd.oasis.opendocument.spreadsheet
odp | application/vnd.oasis.opendocument.presentation
epub | application/epub+zip
txt log md ini cfg conf py c h cpp java css sh bat csv tsv vcf ics srt | {_ANY_TEXT}
js | text/ application/javascript application/json
html htm xhtml | text/ application/xhtml+xml application/xml
xml plist | text/ application/xml application/xhtml+xml image/svg+xml application/x-bplist
json | application/json text/ application/x-ndjson
eml | message/ text/
mbox | application/mbox text/ message/
zip | application/zip
jar | application/java-archive application/zip
apk | application/vnd.android.package-archive application/java-archive application/zip
gz tgz | application/gzip
bz2 tbz | application/x-bzip2
xz txz | application/x-xz
zst | application/zstd
7z | application/x-7z-compressed
rar | application/vnd.rar
tar | application/x-tar
cab | application/vnd.ms-cab-compressed
iso | application/x-iso9660-image
deb | application/vnd.debian.binary-package
rpm | application/x-rpm
sqlite sqlite3 | application/vnd.sqlite3
mdb accdb | application/x-msaccess
pst ost | application/x-outlook-store
exe dll sys scr ocx cpl | application/vnd.microsoft.portable-executable application/x-dosexec
lnk | application/x-ms-shortcut
ttf | font/sfnt font/ttf
otf | font/otf font/sfnt
woff | font/woff
woff2 | font/woff2
"""


def _read_families() -> dict[bytes, frozenset[str]]:
    table: dict[bytes, frozenset[str]] = {}
    for line in _FAMILIES.strip().splitlines():
        extensions, _, types = line.partition("|")
        for extension in extensions.split():
            table[extension.encode()] = frozenset(types.split())
    return table


EXTENSION_TYPES: dict[bytes, frozenset[str]] = _read_families()
"""Types that an extension (lower case, without the dot) stands for."""
