"""Partner staff and support staff. Their temporary passwords are told once, to the actor who had
them made: a credential sheet belongs to a customer.
"""

from .adding import add_staff
from .blocking import allow_staff, block_staff
from .changing import change_staff, limit_staff
from .details import Issued, StaffDetails
from .groups import change_group, remove_group
from .passwords import note_password_shown, reset_staff_password
from .removing import remove_staff

__all__ = [
    "Issued",
    "StaffDetails",
    "add_staff",
    "allow_staff",
    "block_staff",
    "change_group",
    "change_staff",
    "limit_staff",
    "note_password_shown",
    "remove_group",
    "remove_staff",
    "reset_staff_password",
]
