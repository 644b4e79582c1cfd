"""The suicide-risk prompt in the synthetic force."""

from datetime import datetime

from polit.web.demo.force import REASON, Scene
from polit.web.risk.rules import Concern, Occasion, SuicideRiskAnswers
from polit.web.risk.services import suicide_risk_record


def ask(scene: Scene, occasion: Occasion, at: datetime) -> None:
    """Record that the suspect was asked; at one warrant in nine nobody did, so that it shows."""
    if occasion is Occasion.WARRANT and scene.given.number % 9 == 0:
        return
    answers = SuicideRiskAnswers(
        concern=Concern.NO,
        asked="How are you, and have you thought of harming yourself?",
        support_suspect="Leaflet with the signposts given",
        support_family="Leaflet with the signposts given",
    )
    suicide_risk_record(
        scene.actor, reason=REASON, access=scene.access, place_id=scene.suspect.pk,
        occasion=occasion, occurred_at=at, answers=answers,
    )  # fmt: skip
