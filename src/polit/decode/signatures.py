"""The table of signatures: what the first bytes of a content say it is.

Data in one place; formats whose first bytes are shared by several types have a function each in
``families``. Sources: the formats' own specifications, IANA's media types, and the names that
libmagic uses where IANA has none.
"""

import re
from dataclasses import dataclass

from polit.decode.kinds import kind_of
from polit.model.media import Identification

# One line a signature: media type, offset, bytes in hex. A short signature of printable
# characters alone might begin a text as well: it counts only where binary bytes follow, unless
# its line says that what follows is text too.
_TABLE = """
image/jpeg 0 ffd8ff
image/png 0 89504e470d0a1a0a
image/gif 0 474946383761
image/gif 0 474946383961
image/jp2 0 0000000c6a5020200d0a870a
image/x-jp2-codestream 0 ff4fff51
image/jxl 0 0000000c4a584c200d0a870a
image/vnd.adobe.photoshop 0 38425053
image/x-fuji-raf 0 46554a4946494c4d
image/x-olympus-orf 0 4949524f
image/x-olympus-orf 0 4d4d4f52
image/x-olympus-orf 0 49495253
image/x-panasonic-rw2 0 49495500
image/x-xcf 0 67696d7020786366
image/x-exr 0 762f3101
image/vnd.djvu 0 41542654464f524d
image/bpg 0 425047fb
image/vnd.ms-dds 0 444453207c
image/x-icns 0 69636e73
image/fits 0 53494d504c45202030
image/emf 40 20454d46
image/wmf 0 d7cdc69a
image/x-qoi 0 716f6966
image/flif 0 464c4946
image/vnd.radiance 0 233f52414449414e43450a
video/x-ms-asf 0 3026b2758e66cf11a6d900aa0062ce6c
video/x-flv 0 464c5601
video/mpeg 0 000001ba
video/mpeg 0 000001b3
application/mxf 0 060e2b34020501010d0102
application/vnd.rn-realmedia 0 2e524d46
audio/flac 0 664c6143
audio/midi 0 4d54686400000006
audio/amr 0 2321414d520a
audio/amr 0 2321414d522d57420a
audio/x-ape 0 4d414320
audio/x-musepack 0 4d502b07
audio/x-musepack 0 4d50434b
audio/x-wavpack 0 7776706b
audio/basic 0 2e736e64
audio/x-caf 0 63616666
audio/x-dsf 0 44534420
audio/aac 0 41444946
application/pdf 0 255044462d text
application/postscript 0 25215053 text
application/postscript 0 c5d0d3c6
application/rtf 0 7b5c727466 text
application/vnd.ms-htmlhelp 0 49545346
application/onenote 0 e4525c7b8cd8a74daeb15378d02996d3
application/x-mobipocket-ebook 60 424f4f4b4d4f4249
application/x-bplist 0 62706c697374
application/gzip 0 1f8b08
application/x-xz 0 fd377a585a00
application/zstd 0 28b52ffd
application/x-lz4 0 04224d18
application/x-lzip 0 4c5a4950
application/x-lzop 0 894c5a4f000d0a1a0a
application/x-compress 0 1f9d
application/x-7z-compressed 0 377abcaf271c
application/vnd.rar 0 526172211a07
application/vnd.ms-cab-compressed 0 4d534346
application/x-archive 0 213c617263683e0a
application/x-cpio 0 303730373031 text
application/x-cpio 0 303730373032 text
application/x-rpm 0 edabeedb
application/x-xar 0 78617221
application/x-ace-compressed 7 2a2a4143452a2a
application/x-stuffit 0 5374756666497420
application/x-tar 257 7573746172 text
application/x-squashfs 0 68737173
application/x-ms-wim 0 4d5357494d000000
application/x-android-backup 0 414e44524f4944204241434b55500a
application/x-ewf 0 455646090d0aff00
application/x-ewf 0 4c5646090d0aff00
application/x-ewf 0 455646320d0a8100
application/x-ad1 0 41445345474d454e544544
application/x-aff 0 4146463130
application/x-qemu-disk 0 514649fb
application/x-vmdk 0 4b444d56
application/x-vmdk 0 23204469736b204465736372697074
application/x-vhd 0 636f6e6563746978
application/x-vhdx 0 7668647866696c65
application/x-virtualbox-vdi 64 7f10dabe
application/x-iso9660-image 32769 4344303031
application/vnd.sqlite3 0 53514c69746520666f726d6174203300
application/x-sqlite3-wal 0 377f0682
application/x-sqlite3-wal 0 377f0683
application/x-sqlite3-journal 0 d9d505f920a163d7
application/x-ms-ese 4 efcdab89
application/x-msaccess 4 5374616e64617264204a6574
application/x-msaccess 4 5374616e6461726420414345
application/x-ms-registry 0 72656766
application/x-outlook-store 0 2142444e
application/x-ms-thumbcache 0 434d4d4d
application/x-ms-thumbcache 0 494d4d4d
application/x-hdf5 0 894844460d0a1a0a
application/x-berkeley-db 12 62310500
application/x-berkeley-db 12 61150600
application/x-thunderbird-mork 0 2f2f203c212d2d203c6d64623a6d6f726b
application/x-realm 16 542d4442
application/x-executable 0 7f454c46
application/x-mach-binary 0 cffaedfe
application/x-mach-binary 0 cefaedfe
application/x-mach-binary 0 feedfacf
application/x-mach-binary 0 feedface
application/vnd.android.dex 0 6465780a30
application/wasm 0 0061736d01000000
application/x-ms-shortcut 0 4c0000000114020000000000c0000000
application/x-ms-prefetch 4 53434341
application/x-ms-prefetch 0 4d414d04
application/x-ms-evtx 0 456c6646696c6500
application/x-ms-evt 4 4c664c65
application/x-ms-pdb 0 4d6963726f736f667420432f432b2b20
application/x-bittorrent 0 64383a616e6e6f756e6365
application/x-bittorrent 0 64373a636f6d6d656e74
application/x-pcapng 0 0a0d0d0a
application/vnd.tcpdump.pcap 0 d4c3b2a1
application/vnd.tcpdump.pcap 0 a1b2c3d4
application/vnd.adobe.flash-movie 0 435753
application/vnd.adobe.flash-movie 0 465753
font/sfnt 0 7472756500
font/otf 0 4f54544f00
font/collection 0 7474636600
font/woff 0 774f4646
font/woff2 0 774f4632
application/pgp-encrypted 0 2d2d2d2d2d424547494e20504750204d455353414745
application/pgp-keys 0 2d2d2d2d2d424547494e20504750205055424c4943
application/x-pem-file 0 2d2d2d2d2d424547494e2043455254494649
application/x-luks 0 4c554b53babe
application/x-age 0 6167652d656e6372797074696f6e2e6f7267
application/x-java-keystore 0 feedfeed
application/x-java-serialized 0 aced0005
application/x-keepass2 0 03d9a29a67fb4bb5
application/x-blender 0 424c454e444552
application/x-python-bytecode 2 0d0a0000000000
application/x-gettext-translation 0 de120495
application/x-gettext-translation 0 950412de
"""

_LONG_ENOUGH_BYTES = 8
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\xff]")
_BINARY_WITHIN_BYTES = 64


@dataclass(frozen=True, slots=True)
class Signature:
    """Bytes at an offset, and what they mean.

    Args:
        raw: The bytes.
        offset_bytes: Where they stand.
        found: What a content with them is.
        is_wordlike: They might begin a text: binary bytes must follow.
    """

    raw: bytes
    offset_bytes: int
    found: Identification
    is_wordlike: bool

    def matches(self, untrusted_head: bytes) -> bool:
        """Tell whether a content begins like this."""
        return untrusted_head.startswith(self.raw, self.offset_bytes) and not (
            self.is_wordlike and _BINARY.search(untrusted_head, 0, _BINARY_WITHIN_BYTES) is None
        )


def by_signature(mime: str) -> Identification:
    """Return the identification that a signature of this type gives."""
    return Identification(mime=mime, kind=kind_of(mime), basis="signature")


def _read_table() -> tuple[Signature, ...]:
    rows = (line.split() for line in _TABLE.strip().splitlines())
    return tuple(_signature(*row) for row in rows)


def _signature(mime: str, offset: str, digits: str, remark: str = "") -> Signature:
    raw = bytes.fromhex(digits)
    wordlike = len(raw) < _LONG_ENOUGH_BYTES and raw.isascii() and raw.decode().isprintable()
    return Signature(raw, int(offset), by_signature(mime), wordlike and not remark)


_KEY_BYTES = (4, 3, 2)
_all = _read_table()

_at_start: dict[bytes, tuple[Signature, ...]] = {}
for _each in (each for each in _all if each.offset_bytes == 0):
    _key = _each.raw[: _KEY_BYTES[0]]
    _at_start[_key] = (*_at_start.get(_key, ()), _each)

_further_in = tuple((each.raw, each.offset_bytes, each) for each in _all if each.offset_bytes > 0)


def at_start(untrusted_head: bytes) -> Identification | None:
    """Return what the signatures at the very beginning say."""
    for length in _KEY_BYTES:
        for signature in _at_start.get(untrusted_head[:length], ()):
            if signature.matches(untrusted_head):
                return signature.found
    return None


def further_in(untrusted_head: bytes) -> Identification | None:
    """Return what the signatures at other offsets say."""
    for raw, offset_bytes, signature in _further_in:
        # Asked here as well: a method call for each would take most of the time of a small text.
        if untrusted_head.startswith(raw, offset_bytes) and signature.matches(untrusted_head):
            return signature.found
    return None
