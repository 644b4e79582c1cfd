"""The options that ``polit examine`` and ``polit examine-all`` have in common."""

from pathlib import Path
from typing import Annotated

import typer

CaseOption = Annotated[str, typer.Option(help="Reference of the case.")]
ExaminerOption = Annotated[str, typer.Option(help="Who examines.")]
AuthorityOption = Annotated[str, typer.Option(help="Authority to examine, as text.")]
PlanOption = Annotated[Path | None, typer.Option(help="Plan file (JSON).")]
WorkersOption = Annotated[
    int | None, typer.Option(help="Number of decoders, 1 to 240; default: processors, to 64.")
]
VaultOption = Annotated[
    Path | None,
    typer.Option(help="Folder of a vault: keep the originals of pictures and videos there."),
]
SetsOption = Annotated[
    list[str] | None,
    typer.Option(help="Hash set to ask, by name or digest; may be given again. Default: all."),
]
PasswordsOption = Annotated[
    Path | None,
    typer.Option(help="File of passwords, recovery passwords and hex: keys, one a line."),
]
ShadowCopiesFlag = Annotated[
    bool, typer.Option("--shadow-copies", help="Examine what differs in shadow copies (NTFS).")
]
NoCarveFlag = Annotated[
    bool, typer.Option("--no-carve", help="Search no unallocated space and no slack.")
]
NoSetsFlag = Annotated[bool, typer.Option("--no-sets", help="Ask no hash set.")]
ReducedIsolationFlag = Annotated[
    bool,
    typer.Option(
        "--accept-reduced-isolation", help="Examine though the sandbox holds less than fully."
    ),
]
