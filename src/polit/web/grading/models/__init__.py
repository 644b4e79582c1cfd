"""Decisions and what follows from them, proposals, what was agreed, samples."""

from polit.web.grading.models.decisions import Batch, Decision, Standing
from polit.web.grading.models.proposals import FrozenSchedule, Proposal
from polit.web.grading.models.reviews import BlindSample, ForceSet, Strategy

__all__ = [
    "Batch",
    "BlindSample",
    "Decision",
    "ForceSet",
    "FrozenSchedule",
    "Proposal",
    "Standing",
    "Strategy",
]
