"""The tables of victim identification."""

from polit.web.victims.models.clues import Clue, ClueTie
from polit.web.victims.models.enquiries import VictimAnswer, VictimEnquiry
from polit.web.victims.models.series import Series, SeriesCase, SeriesMedia, SeriesStep
from polit.web.victims.models.unknown import AgeOpinion, Appearance, UnknownChild, UnknownStep

__all__ = [
    "AgeOpinion",
    "Appearance",
    "Clue",
    "ClueTie",
    "Series",
    "SeriesCase",
    "SeriesMedia",
    "SeriesStep",
    "UnknownChild",
    "UnknownStep",
    "VictimAnswer",
    "VictimEnquiry",
]
