"""Which records may be corrected later, and how many were between two instants."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from polit.web.arrests.models import Arrest
from polit.web.core.models import Superseded
from polit.web.orders.models import Visit
from polit.web.safeguarding.models import ProtectiveAction
from polit.web.warrants.models import WarrantExecution


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many records of a kind were kept between two instants.

    Args:
        label: The kind.
        added: New ones, whenever they happened.
        corrected: Corrections.
        withdrawn: Withdrawals.
    """

    label: str
    added: int
    corrected: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Correctable:
    """A kind of records that later ones may correct."""

    label: str
    model: type[Superseded]

    def between(self, after: datetime, until: datetime) -> Corrected:
        """Return how many were kept after an instant and until another one."""
        told = self.model.objects.filter(recorded_at__gt=after, recorded_at__lte=until).aggregate(
            added=Count("pk", filter=Q(corrects=None)),
            corrected=Count("pk", filter=Q(corrects__isnull=False, is_withdrawal=False)),
            withdrawn=Count("pk", filter=Q(is_withdrawal=True)),
        )
        return Corrected(self.label, **told)


SUPERSEDED = (
    Correctable("Executions of warrants", WarrantExecution),
    Correctable("Arrests", Arrest),
    Correctable("Protective actions", ProtectiveAction),
    Correctable("Visits", Visit),
)
