"""The stages of a case, each from the register that keeps what happened.

They are named here, above those registers, so that one place shows what the days count.
"""

from polit.web.core.stages import first_by_case, register_stage
from polit.web.media.models import Package


def register_stages() -> None:
    """Name the stages."""
    register_stage(
        "devices_examined",
        700,
        "First device examined",
        first_by_case(Package.objects.all, "imported_at"),
    )
