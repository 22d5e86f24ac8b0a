"""Taking a batch back: for each user what was before, unless it was touched since."""

from .cases import Plan
from .later import ADDED, RELEASED, RESTORED
from .undoing import can_undo, plan_undo, run_undo, undo_batch, why_not

__all__ = [
    "ADDED",
    "RELEASED",
    "RESTORED",
    "Plan",
    "can_undo",
    "plan_undo",
    "run_undo",
    "undo_batch",
    "why_not",
]
