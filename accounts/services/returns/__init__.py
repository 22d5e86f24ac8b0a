"""What comes back with deleted users, decided in memory: for the preview and for the action."""

from .facts import Seen, differences, fingerprint, see, time_is_over
from .names import free_name, name_problems, name_taken, strange_domain, taken_by_another
from .plan import Desk, held_at_deletion, left_out
from .records import Choices, HeldLicense, Return
from .summary import summarize

__all__ = [
    "Choices",
    "Desk",
    "HeldLicense",
    "Return",
    "Seen",
    "differences",
    "fingerprint",
    "free_name",
    "held_at_deletion",
    "left_out",
    "name_problems",
    "name_taken",
    "see",
    "strange_domain",
    "summarize",
    "taken_by_another",
    "time_is_over",
]
