"""``polit hashset update``, ``trust``, ``sign``: hash sets that a provider sends, signed."""

from pathlib import Path
from typing import Annotated

import typer

from polit.base.settings import data_folder, hashsets_folder
from polit.cli.application import JsonFlag
from polit.cli.hashset import ByOption, account, hashset_app, resumable
from polit.cli.hashset_told import ImportLine, imported_text, set_object
from polit.cli.output import print_object, print_text
from polit.match.hashsets import HashSets
from polit.match.providers import (
    provider_named,
    provider_read,
    provider_trust,
    providers_trusted,
)
from polit.match.switches import Act, Change, change_add
from polit.match.update_manifest import MANIFEST
from polit.match.updates import DraftFile, update_apply, update_sign
from polit.model.matching import SetStatus
from polit.store.keys import open_keys

_PROVIDERS = "providers"

FolderArgument = Annotated[Path, typer.Argument(help="Folder of hash sets with a manifest.json.")]


def register(app: typer.Typer) -> None:
    """Add the verbs to those of ``polit hashset``."""
    del app
    hashset_app.command("update")(update)
    hashset_app.command("trust")(trust)
    hashset_app.command("sign")(sign)


def update(folder: FolderArgument, by: ByOption = None, *, as_json: JsonFlag = False) -> None:
    """Apply a provider's signed update: all is verified before the first file is imported.

    Exit codes: 0 applied; 4 the signature or a file does not hold, and nothing was imported.
    """
    store = HashSets(hashsets_folder())
    trusted = providers_trusted(data_folder() / _PROVIDERS)
    with resumable(), ImportLine(0) as line:
        applied = update_apply(store, folder, trusted, by=by or account(), watch=line.watch)
    if as_json:
        print_object({
            "provider": applied.provider, "issued_at": applied.issued_at,
            "imported": [set_object(each) for each in applied.imported],
            "present": [set_object(each) for each in applied.present],
            "removed": list(applied.removed),
        })  # fmt: skip
        return
    print_text(f"Update of {applied.provider}, issued {applied.issued_at}")
    for each in applied.imported:
        print_text(imported_text(each, was_there=False))
    for each in applied.present:
        print_text(imported_text(each, was_there=True))
    for name in applied.removed:
        print_text(f"removed   {name}")


def trust(
    key_file: Annotated[Path, typer.Argument(help="The provider's public key, PEM or hex.")],
    provider: Annotated[str, typer.Option(help="What the provider is called in its updates.")],
    by: ByOption = None,
    *,
    as_json: JsonFlag = False,
) -> None:
    """Trust a provider's updates from now on. Compare the fingerprint with the provider first."""
    known = provider_read(key_file, provider)
    path = provider_trust(data_folder() / _PROVIDERS, known)
    store = hashsets_folder()
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    about = Change("", "", Act.TRUST, "", set_name=known.name)
    reason = f"key {known.fingerprint}"
    change_add(store, Act.TRUST, by=by or account(), reason=reason, about=about)
    if as_json:
        print_object({
            "provider": known.name, "fingerprint": known.fingerprint, "file": str(path)
        })  # fmt: skip
    else:
        print_text(f"Updates of {known.name} are trusted: key {known.fingerprint}")
        print_text("Compare these figures with the provider's own, by telephone or on paper.")


def sign(  # noqa: PLR0913, PLR0917 - a command line's options are its arguments
    folder: Annotated[Path, typer.Argument(help="Folder of files of hash sets.")],
    provider: Annotated[str, typer.Option(help="What those who receive it call you.")],
    format_name: Annotated[str, typer.Option("--format", help="Format of the files.")] = "auto",
    status: Annotated[
        SetStatus, typer.Option(help="What a match means, without an update.json in the folder.")
    ] = SetStatus.CATEGORISED,
    scheme: Annotated[str, typer.Option(help="Category scheme, as scheme/version.")] = "",
    jurisdiction: Annotated[str, typer.Option(help="Where the sets come from.")] = "",
    version: Annotated[str, typer.Option(help="Their version.")] = "",
    *,
    as_json: JsonFlag = False,
) -> None:
    """Make a signed update of a folder, with the installation's key; for who provides sets."""
    keys = open_keys(data_folder())
    signer = provider_named(provider, keys.public_key)
    alike = DraftFile(
        path="", name="", format=format_name, status=status, scheme=scheme,
        jurisdiction=jurisdiction, version=version,
    )  # fmt: skip
    signed = update_sign(folder, signer.name, keys.signing, alike)
    if as_json:
        print_object({
            "manifest": str((folder / MANIFEST).absolute()), "files": len(signed.files),
            "removes": len(signed.removes), "public_key": signer.line,
            "fingerprint": signer.fingerprint,
        })  # fmt: skip
        return
    print_text(f"{len(signed.files)} files and {len(signed.removes)} removals are signed.")
    print_text(f"Who receives it trusts this line once, by 'polit hashset trust':\n{signer.line}")
    print_text(f"Fingerprint, to be compared another way: {signer.fingerprint}")
