"""What was handed to the store of hash sets of the force's own decisions."""

from uuid import UUID

from polit.web.grading.models import ForceSet, Standing


def force_schemes() -> list[str]:
    """Return the schemes by which anything is graded."""
    codes = Standing.objects.exclude(code="").values_list("code", flat=True).distinct()
    return sorted({code.rpartition("/")[0] for code in codes.order_by()})


def force_set_latest(scheme: str) -> ForceSet | None:
    """Return the last list of a scheme that was handed to the store."""
    return ForceSet.objects.filter(scheme=scheme).order_by("-number").first()


def force_set_of_order(order_id: UUID) -> ForceSet | None:
    """Return the list that an order imports, ``None`` where it imports something else."""
    return ForceSet.objects.filter(order_id=order_id).first()
