"""A proof of one event: what convinces somebody who sees no other event (C2SP tlog-proof)."""

import base64

from polit.web.audit.models import AuditLeaf
from polit.web.audit.queries import Standing
from polit.web.audit.tree import prove_inclusion


def event_proof(standing: Standing) -> str:
    """Return the proof that an event stands in the log that a checkpoint covers.

    Args:
        standing: Of an event that is covered; its leaves are all read, some seconds for millions.
    """
    checkpoint, index = standing.covered_by, standing.index
    assert checkpoint is not None  # the caller asked
    assert index is not None
    rows = AuditLeaf.objects.filter(index__lt=checkpoint.size).order_by("index")
    leaves = [bytes.fromhex(leaf) for leaf in rows.values_list("leaf_hash", flat=True).iterator()]
    path = [base64.b64encode(node).decode() for node in prove_inclusion(leaves, index)]
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *path, ""]
    return "\n".join(lines) + "\n" + checkpoint.note
