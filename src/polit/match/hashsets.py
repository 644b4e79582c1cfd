"""The store of hash sets: what there is, what is enabled, and how it is opened.

One folder for each set, called by the set's digest and never changed; beside them the log of the
store, which says what is switched off and what was removed. docs/reference/hash-set-format.md
describes both.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from polit.base.errors import HashSetDamaged, HashSetUnknown, UsageError
from polit.match.open_set import NearKeys, OpenSet, OpenSets, RecordKeys, SetRecord
from polit.match.set_document import SetDocument, read_document
from polit.match.set_meaning import CategoryMeaning, categories_counted
from polit.match.set_verify import SetVerified, check_parts, verify_set
from polit.match.switches import (
    Act,
    Change,
    change_add,
    changes_read,
    key_text,
    keys_off,
    keys_off_sha256,
    sync_folder,
)
from polit.model.matching import HashSetFacts, SetStatus

__all__ = [
    "HashSets", "NearKeys", "OpenSet", "OpenSets", "RecordKeys", "SetRecord", "SetVerified",
    "StoredSet",
]  # fmt: skip

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PREFIX = re.compile(r"[0-9a-fA-F]{4,64}")
IMPORTING = "importing"
_REMOVING = ".removing-"


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set of the store.

    Args:
        folder: Where it lies.
        document: What its ``set.json`` says.
        changes: What was done to it, in order.
    """

    folder: Path
    document: SetDocument
    changes: tuple[Change, ...]

    @property
    def facts(self) -> HashSetFacts:
        """The set as packages and the record name it."""
        return self.document.facts

    @property
    def sha256(self) -> str:
        """The set's own digest, lower-case hex."""
        return self.folder.name

    def categories(self) -> tuple[CategoryMeaning, ...]:
        """Return the categories that its records state, and what each of them does.

        Raises:
            HashSetDamaged: Its parts are not what an import wrote, or its scheme is another now.
        """
        return categories_counted(self.folder, self.document)

    @property
    def is_enabled(self) -> bool:
        """Whether an examination uses it unless told otherwise."""
        return not self.changes or self.changes[-1].act is not Act.DISABLE


class HashSets:
    """A store of hash sets in a folder; where there is no folder, a store without sets."""

    def __init__(self, folder: Path) -> None:
        """Name the store's folder; nothing is made."""
        self.folder = folder

    def listed(self) -> tuple[StoredSet, ...]:
        """Return all sets, ordered by name and digest.

        Raises:
            HashSetDamaged: A set's document or the log cannot be read.
        """
        by_set: dict[str, list[Change]] = {}
        for change in changes_read(self.folder):
            if change.set_sha256:
                by_set.setdefault(change.set_sha256, []).append(change)
        found = []
        for folder in self._folders():
            changes = tuple(by_set.get(folder.name, ()))
            is_removed = changes and changes[-1].act is Act.REMOVE
            # A set may be taken away between listing the folder and here.
            if not is_removed and folder.exists():
                found.append(StoredSet(folder, self._document(folder), changes))
        return tuple(sorted(found, key=lambda each: (each.facts.name, each.sha256)))

    def get(self, text: str) -> StoredSet:
        """Return a set by its name, its digest, or at least four digits of its beginning.

        Raises:
            HashSetUnknown: None, or more than one, is called so.
        """
        listed = self.listed()
        found = [each for each in listed if each.facts.name == text]
        if not found and _PREFIX.fullmatch(text):
            found = [each for each in listed if each.sha256.startswith(text.lower())]
        if len(found) != 1:
            raise HashSetUnknown(
                f"{'several hash sets are' if found else 'no hash set is'} called {text!r}: "
                "'polit hashset list' names all"
            )
        return found[0]

    def open_enabled(self, wanted: tuple[str, ...] | None = None) -> OpenSets:
        """Open sets for looking up; the caller closes what is returned.

        A set that may alert is read whole and compared with what was sealed: a damaged key would
        be missed in silence. Damage in a known-good set only leaves more to be looked at.

        Args:
            wanted: Names or digests; ``None`` for all that are enabled. No set stands there twice.

        Returns:
            The sets, ordered by name and digest, with the digest of the keys that are switched
            off: what records the sets of a run records ``disabled_sha256`` too, for with another
            list the same sets match otherwise, and refuses to resume under another.

        Raises:
            HashSetUnknown: One that is wanted is not there.
            UsageError: One that is wanted is disabled.
            HashSetDamaged: A set's parts are not what an import wrote, or all are wanted and the
                folder of one is gone.
        """
        if wanted is None:
            self._check_none_gone()
            chosen = [each for each in self.listed() if each.is_enabled]
        else:
            named = {each.sha256: each for each in map(self.get, wanted)}
            for each in named.values():
                if not each.is_enabled:
                    raise UsageError(
                        f"the hash set {each.facts.name!r} is disabled "
                        f"({each.changes[-1].reason}): enable it first"
                    )
            chosen = sorted(named.values(), key=lambda each: (each.facts.name, each.sha256))
        for each in chosen:
            if each.facts.status is not SetStatus.KNOWN_GOOD:
                check_parts(each.folder, each.document)
        return self.open_stored(chosen)

    def open_stored(self, chosen: Sequence[StoredSet]) -> OpenSets:
        """Open sets in the order given, enabled or not, without the keys that are switched off."""
        off = self.disabled_keys()
        keys = [change.key for change in off]
        return OpenSets(
            [OpenSet(each.folder, each.document, keys) for each in chosen], keys_off_sha256(off)
        )

    def holding(self, text: str) -> tuple[tuple[StoredSet, int], ...]:
        """Return the sets that hold a key, with how many of their records state it, by name.

        Args:
            text: ``md5:HEX``, ``sha1:HEX``, ``sha256:HEX`` or ``pdq:HEX``.

        Raises:
            UsageError: It is no key.
        """
        key, listed = key_text(text), self.listed()
        with self.open_stored(listed) as sets:
            counts = [len(each.records_stating(key)) for each in sets]
        return tuple((each, count) for each, count in zip(listed, counts, strict=True) if count)

    def unfinished(self) -> int:
        """Return how many imports were begun and are not finished."""
        return len(self.unfinished_names())

    def unfinished_names(self) -> tuple[str, ...]:
        """Return by what the imports are called that were begun and not finished, sorted."""
        folder = self.folder / IMPORTING
        return tuple(sorted(each.name for each in folder.glob("*") if each.is_dir()))

    def disabled_keys(self) -> tuple[Change, ...]:
        """Return the acts by which keys are switched off in whatever set, ordered by key."""
        return keys_off(changes_read(self.folder))

    def disable(self, text: str, *, by: str, reason: str) -> StoredSet:
        """Switch a set off; it stays in the store. What matched it already stays as it is."""
        return self._switch(text, Act.DISABLE, by=by, reason=reason)

    def enable(self, text: str, *, by: str, reason: str) -> StoredSet:
        """Switch a set on again."""
        return self._switch(text, Act.ENABLE, by=by, reason=reason)

    def disable_key(self, text: str, *, by: str, reason: str) -> Change:
        """Switch one key off, whatever set holds it; records that state it match no more.

        Args:
            text: ``md5:HEX``, ``sha1:HEX``, ``sha256:HEX`` or ``pdq:HEX``.
            by: Who does it.
            reason: Why.

        Raises:
            UsageError: It is no key, or no reason is given.
        """
        return self._switch_key(text, Act.DISABLE, by=by, reason=reason)

    def enable_key(self, text: str, *, by: str, reason: str) -> Change:
        """Switch a key on again."""
        return self._switch_key(text, Act.ENABLE, by=by, reason=reason)

    def remove(self, text: str, *, by: str, reason: str) -> Change:
        """Remove a set; who did it and why stays in the log, and its digest.

        A set whose document is damaged, or whose folder is gone, is named by its whole digest.
        """
        if _DIGEST.fullmatch(text) and (self.folder / text).is_dir():
            name = _name_of(self.folder / text)
            about = Change("", "", Act.REMOVE, "", text, name)
        elif text in (gone := self._gone()):
            about = Change("", "", Act.REMOVE, "", text, gone[text])
        else:
            stored = self.get(text)
            about = Change("", "", Act.REMOVE, "", stored.sha256, stored.facts.name)
        change = change_add(self.folder, Act.REMOVE, by=by, reason=reason, about=about)
        self.clear_removed()
        return change

    def holds(self, sha256: str) -> bool:
        """Tell whether a set of a whole digest lies here and was not removed, damaged or not."""
        last = {change.set_sha256: change.act for change in changes_read(self.folder)}
        is_there = _DIGEST.fullmatch(sha256) is not None and (self.folder / sha256).is_dir()
        return is_there and last.get(sha256) is not Act.REMOVE

    def clear_removed(self) -> None:
        """Take away what a removal that was interrupted left."""
        last = {change.set_sha256: change.act for change in changes_read(self.folder)}
        for folder in self._folders():
            if last.get(folder.name) is Act.REMOVE:
                # Another process may be at the same: whoever is first takes it away.
                with suppress(FileNotFoundError):
                    folder.rename(folder.with_name(_REMOVING + folder.name))
                    sync_folder(self.folder)
        for left in sorted(self.folder.glob(_REMOVING + "*")):
            with suppress(FileNotFoundError):
                shutil.rmtree(left)

    def verify(
        self, text: str | None = None, watch: Callable[[str], None] = lambda _: None
    ) -> tuple[SetVerified, ...]:
        """Verify one set, or all, those too whose document cannot be read; nothing is written.

        Args:
            text: A name, a digest, or the beginning of one; ``None`` for all.
            watch: Told of each step.
        """
        if text is None:
            last = {change.set_sha256: change.act for change in changes_read(self.folder)}
            folders = [each for each in self._folders() if last.get(each.name) is not Act.REMOVE]
        elif _DIGEST.fullmatch(text) and (self.folder / text).is_dir():
            folders = [self.folder / text]
        else:
            folders = [self.get(text).folder]
        return tuple(verify_set(folder, watch) for folder in folders)

    def _switch(self, text: str, act: Act, *, by: str, reason: str) -> StoredSet:
        stored = self.get(text)
        about = Change("", "", act, "", stored.sha256, stored.facts.name)
        change_add(self.folder, act, by=by, reason=reason, about=about)
        return self.get(stored.sha256)

    def _switch_key(self, text: str, act: Act, *, by: str, reason: str) -> Change:
        key = key_text(text)
        is_off = key in {change.key for change in self.disabled_keys()}
        if act is Act.ENABLE and not is_off:
            raise UsageError(f"{key} is not switched off")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = Change("", "", act, "", key=key)
        return change_add(self.folder, act, by=by, reason=reason, about=about)

    def _check_none_gone(self) -> None:
        """Refuse to ask the other sets as if they were all."""
        for sha256, name in self._gone().items():
            raise HashSetDamaged(
                f"the hash set {name!r} was imported, and {self.folder / sha256} is not there: "
                f"import its file again, or give it up by 'polit hashset remove {sha256}'"
            )

    def _gone(self) -> dict[str, str]:
        """Return the names, by digest, of the sets that are switched on and have no folder."""
        last = {each.set_sha256: each for each in changes_read(self.folder) if each.set_sha256}
        return {
            sha256: change.set_name
            for sha256, change in sorted(last.items())
            if change.act in {Act.IMPORT, Act.ENABLE} and not (self.folder / sha256).is_dir()
        }

    def _folders(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _DIGEST.fullmatch(path.name))

    @staticmethod
    def _document(folder: Path) -> SetDocument:
        document = read_document(folder)
        if document.sha256 != folder.name:
            raise HashSetDamaged(
                f"{folder} does not hold the set that its name states: remove the folder, and "
                "import the set's file again"
            )
        return document


def _name_of(folder: Path) -> str:
    try:
        return read_document(folder).name
    except HashSetDamaged:
        return ""
