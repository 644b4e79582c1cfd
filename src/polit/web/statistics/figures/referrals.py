"""Referrals received."""

from django.db.models import Q
from django.urls import reverse

from polit.web.accounts.models import User
from polit.web.referrals.models import Referral
from polit.web.referrals.queries import referrals_for
from polit.web.statistics.figures.base import Figure, RecordRow, Records, in_period, in_units
from polit.web.statistics.rules import Selection


def referrals(selection: Selection) -> Records:
    """Return the referrals received in the period."""
    return Referral.objects.filter(
        in_period(selection, "received_at"), referrals_in_units(selection)
    )


def referrals_in_units(selection: Selection) -> Q:
    """Return the condition of area and team: the case's, or its own while it has no case."""
    if selection.area_id is None and selection.team_id is None:
        return Q()
    return (Q(case__isnull=False) & in_units(selection, "case")) | (
        Q(case=None) & in_units(selection, "")
    )


def _readable(user: User, rows: Records) -> Records:
    # Both conditions at once: of those of the period it is asked, not of all that there are.
    return rows & referrals_for(user)


def _row(referral: Referral) -> RecordRow:
    url = reverse("referrals:page", args=[referral.pk])
    label = f"Referral {referral.reference}, {referral.source_label}"
    return RecordRow(label, referral.received_at, str(referral.case or ""), url)


FIGURES = (
    Figure(
        "referrals",
        "Referrals",
        "Referrals received in the period, each of them: those that turned out to repeat another"
        " one are counted and shown apart. With an area or a team: those of its cases, and those"
        " without a case that were given to it.",
        referrals,
        _row,
        ("case",),
        "received_at",
        _readable,
    ),
)
