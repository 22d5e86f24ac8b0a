"""What comes back with deleted people, decided in memory: for the preview and for the deed."""

from .facts import Seen, differences, fingerprint, see
from .names import free_name
from .plan import Desk, held_at_deletion
from .records import Choices, HeldLicense, Return

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
    "see",
]
