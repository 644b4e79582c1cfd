"""What matters first. A rank orders the work and never changes a result."""

import re

FIRST, USER, OTHER, SYSTEM = range(4)
RANKS = (FIRST, USER, OTHER, SYSTEM)

_FIRST = re.compile(
    r"(^|/)(dcim|camera roll|camera|pictures|my pictures|photos|images|whatsapp images|"
    r"whatsapp video|videos|movies|screenshots|telegram|snapchat|thumbnails|\.thumbnails)(/|$)"
)
_USER = re.compile(
    r"(^|/)(users|home|documents and settings|downloads|desktop|documents|recent|"
    r"recycle\.bin|\$recycle\.bin|recycler|media|storage|sdcard|onedrive|dropbox|"
    r"google drive|icloud drive)(/|$)"
)
_SYSTEM = re.compile(
    r"^(windows|program files|program files \(x86\)|programdata|usr|bin|sbin|lib|lib64|boot|"
    r"etc|opt|proc|sys|system|\$extend|winsxs|library|applications|system volume information)"
    r"(/|$)|(^|/)(node_modules|site-packages|winsxs)(/|$)"
)


def rank_of(path: str) -> int:
    """Return the rank of a path: 0 camera rolls and pictures, 1 people's folders, 3 system."""
    folded = path.casefold()
    if _SYSTEM.search(folded):
        return SYSTEM
    if _FIRST.search(folded):
        return FIRST
    return USER if _USER.search(folded) else OTHER
