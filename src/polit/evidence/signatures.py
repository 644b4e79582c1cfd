"""Volumes that no driver opens, by name: what stands at the beginning of each.

Source: libblkid's and file's descriptions of these formats, and each format's own documents;
the tests hold them against volumes made by the formats' own tools where there are any.
"""

from typing import NamedTuple


class _Signature(NamedTuple):
    name: str
    offset_bytes: int
    untrusted_magic: bytes


_SIGNATURES = tuple(
    _Signature(*row)
    for row in (
        ("BitLocker", 3, b"-FVE-FS-"),
        ("LUKS", 0, b"LUKS\xba\xbe"),
        ("APFS", 32, b"NXSB"),
        ("HFS+", 1024, b"H+"),
        ("HFSX", 1024, b"HX"),
        ("HFS", 1024, b"BD"),
        ("MFS", 1024, b"\xd2\xd7"),
        ("XFS", 0, b"XFSB"),
        ("Btrfs", 0x10040, b"_BHRfS_M"),
        ("bcachefs or bcache", 4120, bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")),
        ("bcachefs", 4120, bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef")),
        ("F2FS", 1024, b"\x10\x20\xf5\xf2"),
        ("ReFS", 3, b"ReFS\0\0\0\0"),
        ("ReiserFS", 0x10034, b"ReIsEr"),
        ("ReiserFS", 0x2034, b"ReIsEr"),
        ("Reiser4", 0x10000, b"ReIsEr4"),
        ("JFS", 0x8000, b"JFS1"),
        ("UFS2", 0x1055C, b"\x19\x01\x54\x19"),
        ("UFS1", 0x255C, b"\x54\x19\x01\x00"),
        ("GFS2 or GFS", 0x10000, b"\x01\x16\x19\x70"),
        ("OCFS2", 0x800, b"OCFSV2"),
        ("OCFS2", 0x1000, b"OCFSV2"),
        ("VMFS", 0x100000, b"\x0d\xd0\x01\xc0"),
        ("HPFS", 0x2000, b"\x49\xe8\x95\xf9"),
        ("BeFS", 0x220, b"1SFB"),
        ("Linux swap", 4086, b"SWAPSPACE2"),
        ("Linux swap", 4086, b"SWAP-SPACE"),
        ("LVM physical volume", 512, b"LABELONE"),
        ("Linux RAID", 4096, b"\xfc\x4e\x2b\xa9"),
        ("Linux RAID", 0, b"\xfc\x4e\x2b\xa9"),
        ("Storage Spaces", 4096, b"SPACEDB "),
        ("ISO 9660", 0x8001, b"CD001"),
        ("UDF", 0x8001, b"BEA01"),
        ("SquashFS", 0, b"hsqs"),
        ("SquashFS", 0, b"sqsh"),
        ("CramFS", 0, b"\x45\x3d\xcd\x28"),
        ("romfs", 0, b"-rom1fs-"),
        ("EROFS", 1024, b"\xe2\xe1\xf5\xe0"),
        ("UBI", 0, b"UBI#"),
        ("UBIFS", 0, b"\x31\x18\x10\x06"),
        ("VeritasFS", 0x2000, b"\xf5\xfc\x01\xa5"),
    )
)
_SHORT_SIGNATURES = tuple(
    _Signature(*row)
    for row in (
        ("NILFS2", 1030, b"\x34\x34"),
        ("Minix", 1040, b"\x7f\x13"),
        ("Minix", 1040, b"\x8f\x13"),
        ("Minix", 1040, b"\x68\x24"),
        ("Minix", 1040, b"\x78\x24"),
        ("Minix", 1048, b"\x5a\x4d"),
        ("JFFS2", 0, b"\x85\x19"),
    )
)
"""Two bytes each: good enough to name a volume, too little to find one."""
_ZFS_UBERBLOCKS = range(0x20000, 0x40000, 0x400)
_ZFS_MAGICS = (b"\x0c\xb1\xba\0\0\0\0\0", b"\0\0\0\0\0\xba\xb1\x0c")
HEAD_BYTES = 0x100010
"""How much of a volume's beginning the names below stand on: VMFS states its own at 1 MiB."""


def signature_of(untrusted_head: bytes) -> str:
    """Name a volume by its first bytes.

    Args:
        untrusted_head: Up to ``HEAD_BYTES`` from the volume's beginning.

    Returns:
        The format's name, empty where the bytes are not known.
    """
    named = _first(_SIGNATURES, untrusted_head)
    if not named and any(untrusted_head.startswith(_ZFS_MAGICS, at) for at in _ZFS_UBERBLOCKS):
        return "ZFS"
    return named


def name_of(untrusted_head: bytes) -> str:
    """Name a volume as ``signature_of`` does, by signatures of two bytes as well."""
    return signature_of(untrusted_head) or _first(_SHORT_SIGNATURES, untrusted_head)


def _first(signatures: tuple[_Signature, ...], untrusted_head: bytes) -> str:
    for name, offset_bytes, magic in signatures:
        if untrusted_head.startswith(magic, offset_bytes):
            return name
    return ""
