"""What was handed to the store of hash sets of the force's own decisions."""

from polit.web.grading.models import ForceSet, Standing


def force_schemes() -> list[str]:
    """Return the schemes by which anything is graded."""
    codes = Standing.objects.exclude(code="").values_list("code", flat=True).distinct()
    return sorted({code.rpartition("/")[0] for code in codes.order_by()})


def force_set_latest(scheme: str) -> ForceSet | None:
    """Return the last list of a scheme that was handed to the store."""
    return ForceSet.objects.filter(scheme=scheme).order_by("-number").first()
