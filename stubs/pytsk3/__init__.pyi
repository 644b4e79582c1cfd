"""Partial types of pytsk3 20260715 (The Sleuth Kit 4.15.0): only what polit uses."""

from collections.abc import Iterator
from typing import Self

TSK_FS_TYPE_NTFS: int
TSK_FS_TYPE_FAT_DETECT: int
TSK_FS_TYPE_EXFAT: int
TSK_FS_TYPE_EXT_DETECT: int
TSK_FS_TYPE_EXT2: int
TSK_FS_TYPE_EXT3: int
TSK_FS_TYPE_EXT4: int
TSK_FS_TYPE_FAT12: int
TSK_FS_TYPE_FAT16: int
TSK_FS_TYPE_FAT32: int
TSK_FS_ATTR_TYPE_NTFS_DATA: int
TSK_FS_ATTR_TYPE_NTFS_IDXROOT: int
TSK_FS_ATTR_TYPE_NTFS_IDXALLOC: int
TSK_FS_ATTR_TYPE_NTFS_REPARSE: int
TSK_FS_ATTR_NONRES: int
TSK_FS_ATTR_ENC: int
TSK_IMG_TYPE_EXTERNAL: int
TSK_VS_TYPE_DOS: int
TSK_VS_TYPE_GPT: int

def get_version() -> str: ...

class Img_Info:
    def __init__(self, url: str = "", type: int = ..., sector_size: int = ...) -> None: ...
    def read(self, off: int, len: int) -> bytes: ...
    def get_size(self) -> int: ...
    def close(self) -> None: ...

class TSK_FS_INFO:
    ftype: int
    block_size: int
    block_count: int
    first_inum: int
    last_inum: int
    root_inum: int

class TSK_FS_META:
    addr: int
    seq: int
    size: int
    type: int
    flags: int
    atime: int
    atime_nano: int
    mtime: int
    mtime_nano: int
    ctime: int
    ctime_nano: int
    crtime: int
    crtime_nano: int
    link: bytes | None

class TSK_FS_NAME:
    name: bytes
    flags: int
    type: int
    meta_addr: int
    meta_seq: int

class TSK_FS_FILE:
    meta: TSK_FS_META | None
    name: TSK_FS_NAME | None

class TSK_FS_ATTR:
    type: int
    id: int
    size: int
    flags: int
    name: bytes | None

class TSK_FS_ATTR_RUN:
    addr: int
    len: int
    offset: int
    flags: int

class Attribute:
    info: TSK_FS_ATTR
    def __iter__(self) -> Iterator[TSK_FS_ATTR_RUN]: ...

class File:
    info: TSK_FS_FILE
    def __iter__(self) -> Iterator[Attribute]: ...
    def read_random(
        self, offset: int, len: int, type: int = ..., id: int = ..., flags: int = ...
    ) -> bytes: ...

class Directory:
    size: int
    def __iter__(self) -> Iterator[File]: ...

class FS_Info:
    info: TSK_FS_INFO
    def __init__(self, img: Img_Info, offset: int = ..., type: int = ...) -> None: ...
    def open_meta(self, inode: int) -> File: ...
    def open_dir(self, path: str = ..., inode: int = ...) -> Directory: ...

class TSK_VS_PART_INFO:
    addr: int
    desc: bytes
    flags: int
    len: int
    start: int
    slot_num: int
    table_num: int

class TSK_VS_INFO:
    block_size: int
    is_backup: int
    part_count: int
    vstype: int

class Volume_Info:
    info: TSK_VS_INFO
    def __init__(self, img: Img_Info, type: int = ..., offset: int = ...) -> None: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> TSK_VS_PART_INFO: ...
