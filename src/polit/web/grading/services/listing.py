"""Makes the force's own decisions into a hash set, so that the next examination settles them."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from polit.base.errors import UsageError
from polit.web.audit.services import act
from polit.web.core.acting import Actor
from polit.web.grading.models import ForceSet, Standing
from polit.web.grading.queries.figures import votes_of
from polit.web.grading.rules import is_agreed
from polit.web.grading.signals import force_set_wanted
from polit.web.hashsets.models import HashSet
from polit.web.hashsets.rules import SentFile, SetAct, SetStatus, SetTerms
from polit.web.hashsets.services import hash_set_switch, import_order
from polit.web.items.models import Item
from polit.web.media.models import Content

_AT_ONCE = 500
_HEAD = "md5,sha1,sha256,category,basis\n"
_REASON = "The force's own decisions become a hash set"


@dataclass(frozen=True, slots=True)
class ForceList:
    """The force's decisions by one scheme, as a list that the store imports.

    Args:
        scheme: The scheme, as ``scheme/version``.
        data: A table with a header, UTF-8.
        count: Its rows.
        agreed: Of them, how many three officers agree on; the rest was decided in cases.
    """

    scheme: str
    data: bytes
    count: int
    agreed: int

    @property
    def digest(self) -> str:
        """SHA-256 of the table, lower-case hex."""
        return hashlib.sha256(self.data).hexdigest()


def force_name(scheme: str) -> str:
    """Return how the names of the force's own sets of a scheme begin in the store.

    Each list has a name of its own: the store takes no two sets of one name.
    """
    return f"Decisions of this force, {scheme}, list "


def force_list(scheme: str) -> ForceList:
    """Return what the force decided by a scheme: graded, not disputed, nobody unsure.

    A content that two cases grade differently is left out: it settles nothing anywhere.
    """
    lines, agreed = [], 0
    decided = Standing.objects.filter(code__startswith=f"{scheme}/").order_by("sha256")
    contents = decided.values_list("sha256", flat=True).distinct().iterator(chunk_size=_AT_ONCE)
    for batch in _batches(bytes(each) for each in contents):
        codes = _codes(batch)
        votes = votes_of(codes)
        digests = _digests(list(codes))
        for sha256 in sorted(codes):
            is_sure = is_agreed(votes[sha256])
            agreed += is_sure
            md5, sha1 = digests.get(sha256, ("", ""))
            code = codes[sha256].rpartition("/")[2]
            basis = "agreed" if is_sure else "decided"
            lines.append(f"{md5},{sha1},{sha256.hex()},{code},{basis}\n")
    return ForceList(scheme, (_HEAD + "".join(lines)).encode(), len(lines), agreed)


def force_set_ask(actor: Actor, *, reason: str) -> None:
    """Have the worker hand the force's decisions to the store of hash sets."""
    with act(actor, "grading.force_set_ask", reason=reason) as deed:
        deed.about("force_set", "asked")
        force_set_wanted.send(sender=ForceSet)


def force_set_order(
    actor: Actor, *, listed: ForceList, sent: SentFile, reason: str = _REASON
) -> ForceSet:
    """Have the store import a list that was sent to the broker.

    Raises:
        UsageError: The list is empty, or is the one that was handed over last.
    """
    last = ForceSet.objects.filter(scheme=listed.scheme).order_by("-number").first()
    if not listed.count or (last is not None and last.digest == listed.digest):
        raise UsageError("hash set: nothing was decided since the last list")
    number = ForceSet.objects.count() + 1
    terms = SetTerms(
        f"{force_name(listed.scheme)}{number}", SetStatus.CATEGORISED, listed.scheme,
        "this force", "", listed.digest[:12], "auto",
    )  # fmt: skip
    with act(actor, "grading.force_set", reason=reason) as deed:
        order = import_order(actor, reason=reason, terms=terms, sent=sent)
        kept = ForceSet(
            number=number, scheme=listed.scheme, digest=listed.digest, count=listed.count,
            agreed=listed.agreed, order_id=order.id,
        )  # fmt: skip
        kept.save()
        deed.about("force_set", kept.id, number=number, scheme=kept.scheme, count=kept.count,
                   agreed=kept.agreed)  # fmt: skip
    return kept


def force_sets_supersede(actor: Actor, *, scheme: str, newest: str) -> int:
    """Switch off the force's earlier sets of a scheme, once the newest is in the store.

    Args:
        actor: In whose name.
        scheme: The scheme.
        newest: The digest of the set that stays.

    Returns:
        How many were switched off.
    """
    rows = HashSet.objects.filter(
        name__startswith=force_name(scheme), is_enabled=True, is_gone=False
    )
    if not rows.filter(pk=newest).exists():
        return 0
    earlier = list(rows.filter(wanted="").exclude(pk=newest))
    for each in earlier:
        hash_set_switch(actor, reason="A later list of the force's decisions replaces it",
                        hash_set=each, wanted=SetAct.DISABLE)  # fmt: skip
    return len(earlier)


def _batches(contents: Iterator[bytes]) -> Iterator[list[bytes]]:
    while batch := list(islice(contents, _AT_ONCE)):
        yield batch


def _codes(contents: list[bytes]) -> dict[bytes, str]:
    """Return the category of contents on which all cases that graded them agree."""
    found: dict[bytes, set[str]] = {}
    for each in Standing.objects.filter(sha256__in=contents):
        codes = found.setdefault(bytes(each.sha256), set())
        if each.is_disputed or each.unsure:
            codes.update(("", "disputed"))
        elif each.code:
            codes.add(each.code)
    return {sha256: next(iter(codes)) for sha256, codes in found.items() if len(codes) == 1}


def _digests(contents: list[bytes]) -> dict[bytes, tuple[str, str]]:
    """Return MD5 and SHA-1 of contents, in hex; empty where no package says them."""
    rows = Item.objects.filter(sha256__in=contents).values_list("content_id", flat=True)
    named = Content.objects.filter(pk__in=list(rows)).values_list("sha256", "md5", "sha1")
    return {
        bytes(sha256): (bytes(md5 or b"").hex(), bytes(sha1 or b"").hex())
        for sha256, md5, sha1 in named
    }
