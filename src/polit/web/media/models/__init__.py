"""Packages in the record, and their rows: written by the intake alone, never changed."""

from polit.web.media.models.contents import (
    Carving,
    Content,
    Derivative,
    Folder,
    Media,
    PerceptualHash,
    Tag,
    Volume,
)
from polit.web.media.models.entries import BadRange, Entry, Facet, Problem, Unopened
from polit.web.media.models.packages import Package, PackageRow, Word
from polit.web.media.models.quarantine import (
    QuarantinedContent,
    QuarantinedEntry,
    QuarantinedFolder,
)

__all__ = [
    "BadRange",
    "Carving",
    "Content",
    "Derivative",
    "Entry",
    "Facet",
    "Folder",
    "Media",
    "Package",
    "PackageRow",
    "PerceptualHash",
    "Problem",
    "QuarantinedContent",
    "QuarantinedEntry",
    "QuarantinedFolder",
    "Tag",
    "Unopened",
    "Volume",
    "Word",
]
