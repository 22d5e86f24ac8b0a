"""What comes back with deleted people, decided in memory: for the preview and for the deed."""

from .facts import Seen, differences, fingerprint, see
from .names import free_name, name_problems
from .plan import Desk, held_at_deletion
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
    "name_problems",
    "see",
    "summarize",
]
