"""``polit vault``: look at, verify and erase the originals that ``examine --vault`` kept."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from polit.base.clock import monotonic_s
from polit.base.errors import IntegrityError, PolitError, UsageError, VaultDamaged
from polit.base.settings import data_folder
from polit.cli.application import JsonFlag
from polit.cli.output import human_bytes, print_lines, print_object, print_text, say
from polit.cli.summary import path_text
from polit.examine.originals import list_unkept
from polit.package.database import open_reader
from polit.store.case_keys import case_of, open_case_key
from polit.store.keys import open_keys
from polit.store.sealed_original import Original
from polit.store.vault import CaseVault, Vault, open_vault, read_case
from polit.store.vault_erase import erase_case as erase_originals
from polit.store.vault_verify import CaseVerified, Finding, strange_names, verify_case

_SHOWN_S = 10.0
_UNVERIFIED = 3

VaultArgument = Annotated[Path, typer.Argument(help="Folder of a vault.")]
CaseOption = Annotated[str, typer.Option(help="Reference of the case.")]
_vault_app = typer.Typer(
    help="The originals that 'polit examine --vault' kept.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    _vault_app.command("verify")(verify)
    _vault_app.command("list")(list_originals)
    _vault_app.command("erase-case")(erase_case)
    app.add_typer(_vault_app, name="vault")


def verify(
    vault: VaultArgument,
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Open every original and compare its digest; nothing is written.

    Exit codes: 0 all hold, 3 a case could not be opened here, 4 something is damaged, missing or
    none of the vault's.
    """
    with open_vault(vault) as opened:
        wanted = [case] if case is not None else [case_of(name) for name in opened.case_names()]
        strange = strange_names(opened) if case is None else []
        results = [_verified(opened, each) for each in wanted]
    holds = not strange and all(found.holds for _, found, _ in results if found)
    unopened = [each for each, found, _ in results if found is None]
    if as_json:
        print_object({
            "vault": path_text(vault.absolute()), "holds": holds, "strange": strange,
            "cases": [_case_object(*result) for result in results],
        })  # fmt: skip
    else:
        _print_verified(results, strange)
    if not holds:
        raise typer.Exit(IntegrityError.exit_code)
    if unopened:
        raise typer.Exit(_UNVERIFIED)


def list_originals(
    vault: VaultArgument,
    case: CaseOption,
    package: Annotated[
        Path | None,
        typer.Option(help="A package of the case: list its pictures and videos NOT kept instead."),
    ] = None,
    *,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List the originals of a case: digest, size, type. No names: a vault knows none."""
    with _opened_case(vault, case) as opened:
        rows = _kept(opened) if package is None else _unkept(opened, package)
        if jsonl:
            print_lines(rows)
            return
        listed = list(rows)
    total = sum(int(str(row["size_bytes"])) for row in listed)
    if as_json:
        print_object({"count": len(listed), "size_bytes": total, "originals": listed})
        return
    for row in listed:
        typer.echo("\t".join(str(value) for value in row.values()))
    said = "kept" if package is None else "of this package not kept"
    say(f"{len(listed)} originals {said}, {human_bytes(total)}")


def erase_case(
    vault: VaultArgument,
    case: CaseOption,
    reason: Annotated[str, typer.Option(help="Why; it is recorded.")],
    confirm: Annotated[str, typer.Option(help="The case's reference once more.")],
    *,
    as_json: JsonFlag = False,
) -> None:
    """Erase the originals of a case for good: its key is destroyed, then its files are removed.

    Interrupted, it is called again and goes on. Backups of the key must be destroyed too.
    """
    if confirm != case:
        raise UsageError("--confirm is not the reference that --case names: nothing was erased")
    with open_vault(vault) as opened:
        erased = erase_originals(opened, data_folder(), case, reason=reason)
    if as_json:
        print_object({
            "case": case, "erased_at": erased.record.at, "reason": erased.record.reason,
            "files_removed": erased.files, "left": erased.left,
        })  # fmt: skip
    else:
        print_text(f"The key of case {case} is destroyed (recorded at {erased.record.at}).")
        print_text(f"{erased.files} files of the vault were removed.")
        if erased.left:
            print_text(f"{len(erased.left)} folders that are none of the vault's were left.")
    say(
        f"Backups of the data directory hold copies of this key: destroy them too "
        f"({data_folder() / 'keys' / 'cases'}). Another vault's files of this case open no more; "
        "remove them with the same command."
    )


@contextmanager
def _opened_case(vault: Path, case: str) -> Iterator[CaseVault]:
    with (
        open_vault(vault) as opened,
        closing(open_case_key(data_folder(), open_keys(data_folder()), case)) as key,
        read_case(opened, key) as originals,
    ):
        yield originals


_Result = tuple[str, CaseVerified | None, str]
"""A case, what verifying it came to, or why it could not be opened."""


def _verified(vault: Vault, case: str) -> _Result:
    try:
        with (
            closing(open_case_key(data_folder(), open_keys(data_folder()), case)) as key,
            read_case(vault, key) as originals,
        ):
            return case, verify_case(originals, _Said(case).watch), ""
    except VaultDamaged as error:
        # The other cases are still looked at.
        damage = Finding("damaged", "the case's folder", str(error))
        return case, CaseVerified(findings=[damage]), ""
    except PolitError as error:
        return case, None, str(error)


class _Said:
    """Says from time to time how far verifying is."""

    def __init__(self, case: str) -> None:
        self._case, self._said_at = case, monotonic_s()

    def watch(self, found: CaseVerified) -> None:
        if monotonic_s() - self._said_at >= _SHOWN_S:
            self._said_at = monotonic_s()
            say(f"{self._case}: {found.originals} hold, {human_bytes(found.size_bytes)}")


def _case_object(case: str, found: CaseVerified | None, why: str) -> dict[str, object]:
    if found is None:
        return {"case": case, "verified": False, "why": why}
    facts: dict[str, object] = msgspec.to_builtins(found)
    return {"case": case, "verified": True, "holds": found.holds} | facts


def _print_verified(results: list[_Result], strange: list[str]) -> None:
    for case, found, why in results:
        if found is None:
            print_text(f"UNVERIFIED  {case}: {why}")
            continue
        print_text(
            f"{'holds' if found.holds else 'FAILS'}  {case}: {found.originals} originals, "
            f"{human_bytes(found.size_bytes)}; {found.unlisted} unlisted, "
            f"{found.unfinished} unfinished"
        )
        for each in found.findings:
            print_text(f"  {each.kind:<8} {each.name}: {each.detail}")
    for name in strange:
        print_text(f"  foreign  {name}: none of the vault's")
    if not results:
        print_text("The vault holds no case.")


def _kept(opened: CaseVault) -> Iterator[dict[str, object]]:
    for name in opened.names():
        try:
            with opened.open_name(name) as sealed:
                row = _row(sealed.original)
        except VaultDamaged as error:
            raise VaultDamaged(
                f"{name[:2]}/{name} of this case: {error}; 'polit vault verify' lists all damage"
            ) from error
        yield row


def _row(original: Original) -> dict[str, object]:
    return {
        "sha256": original.sha256.hex(),
        "size_bytes": original.size_bytes,
        "mime": original.mime,
    }


def _unkept(opened: CaseVault, package: Path) -> Iterator[dict[str, object]]:
    with closing(open_reader(package)) as connection:
        for unkept in list_unkept(connection, opened):
            yield {
                "sha256": unkept.sha256,
                "size_bytes": unkept.size_bytes,
                "mime": unkept.mime,
                "why": unkept.why,
            }
