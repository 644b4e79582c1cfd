"""Everything that is written of decisions."""

from polit.web.grading.services.deciding import Wish, batch_redo, batch_undo, decide
from polit.web.grading.services.recording import Recorded

__all__ = ["Recorded", "Wish", "batch_redo", "batch_undo", "decide"]
