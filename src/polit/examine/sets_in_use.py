"""The hash sets that a run asks: opened once, and the same ones whenever it goes on."""

from polit.base import settings
from polit.base.canonical import canonical_json
from polit.base.errors import UsageError
from polit.base.text import visible
from polit.examine.matching import Matching
from polit.examine.plan import Plan
from polit.match.hashsets import HashSets
from polit.match.matcher import Matcher
from polit.match.open_set import OpenSets
from polit.package.match_rows import read_hash_sets, read_matches
from polit.package.write import Ledger

_SETS, KEYS_OFF = "hash_sets", "keys_off"


def open_sets(wanted: tuple[str, ...] | None) -> OpenSets:
    """Open the hash sets of this installation for a run.

    Args:
        wanted: Their names or the beginnings of their digests; ``None`` for all that are
            enabled, an empty tuple for none.

    Raises:
        HashSetUnknown: One is not there, or more than one is called so.
        UsageError: One is not enabled, or a store is named that is not there.
        HashSetDamaged: One is not what was imported.
    """
    if wanted == ():
        return OpenSets()
    folder = settings.hashsets_folder()
    if settings.text("POLIT_HASHSETS") and not folder.is_dir():
        raise UsageError(
            f"POLIT_HASHSETS names {folder}, which is no folder: name the store of hash sets, "
            "or ask none with --no-sets"
        )
    return HashSets(folder).open_enabled(wanted)


def asked_text(sets: OpenSets) -> str:
    """Return what a run says of its hash sets before it begins."""
    if not sets:
        return "asking no hash set: nothing will be found by what is known already"
    records = sum(known.facts.records for known in sets)
    return f"asking {len(sets)} hash set{'s' if len(sets) > 1 else ''} of {records} records"


def sets_meta(sets: OpenSets) -> dict[str, str]:
    """Return the texts by which a run knows its hash sets, and what is switched off in them."""
    digests = sorted(known.facts.sha256 for known in sets)
    return {_SETS: canonical_json(digests).decode(), KEYS_OFF: sets.disabled_sha256}


def check_same_sets(ledger: Ledger, sets: OpenSets) -> None:
    """Refuse to go on with a run under other hash sets than it was begun with.

    Raises:
        UsageError: They differ, or keys of them were switched on or off since.
    """
    now = sets_meta(sets)
    if (ledger.meta(_SETS) or "[]") != now[_SETS]:
        begun = {facts.sha256: facts.name for facts in read_hash_sets(ledger.connection)}
        asked = {known.facts.sha256: known.facts.name for known in sets}
        raise UsageError(
            f"this package was begun with {len(begun)} hash sets, and other ones are in use now "
            f"({_difference(begun, asked)}): "
            "name the same ones with --sets, none with --no-sets, or examine into another folder"
        )
    if (ledger.meta(KEYS_OFF) or "") != now[KEYS_OFF]:
        raise UsageError(
            "keys of the hash sets were switched off or on since this package was begun: "
            "switch them back to go on, or examine into another folder"
        )


def _difference(begun: dict[str, str], asked: dict[str, str]) -> str:
    """Return which sets are missing now, and which are new."""
    told = []
    for word, some, others in (("missing", begun, asked), ("new", asked, begun)):
        names = [f"{visible(name)} {sha256[:12]}" for sha256, name in sorted(some.items())
                 if sha256 not in others]  # fmt: skip
        if names:
            told.append(f"{word}: {', '.join(names)}")
    return "; ".join(told)


def begin_matching(ledger: Ledger, sets: OpenSets, plan: Plan) -> Matching:
    """Return what looks contents up, with the alerts of earlier sessions counted."""
    matcher = Matcher(sets, plan.match_terms) if sets else None
    matching = Matching(matcher, decode_known_good=plan.decode_known_good)
    matching.count(read_matches(ledger.connection, of_alerts=True))
    return matching
