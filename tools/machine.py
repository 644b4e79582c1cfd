"""Which machine and which versions a figure was measured on."""

import importlib.metadata
import os
import platform
import re
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def machine_facts() -> dict[str, object]:
    """Return processor, cores, memory, system, Python and library versions, as JSON holds them."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": _system(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "libraries": _libraries(),
    }


def _libraries() -> dict[str, str]:
    """Return the versions of what the installed project itself asks for."""
    required = importlib.metadata.requires("polit") or []
    names = sorted(match[0] for text in required if (match := _NAME.match(text)))
    return {name: importlib.metadata.version(name) for name in names}


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _system() -> str:
    release = platform.freedesktop_os_release()
    return release.get("PRETTY_NAME", "unknown")
