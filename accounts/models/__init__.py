from .credentials import (
    CredentialSheet,
    CredentialSheetPart,
    Delivery,
    DeliveryState,
    MailTo,
    SheetKind,
)
from .figures import SeatDay, SeatMonth, UserDay, UserMonth
from .selections import SavedFilter, Selection
from .user_queries import UserQuerySet
from .users import User

__all__ = [
    "CredentialSheet",
    "CredentialSheetPart",
    "Delivery",
    "DeliveryState",
    "MailTo",
    "SavedFilter",
    "SeatDay",
    "SeatMonth",
    "Selection",
    "SheetKind",
    "User",
    "UserDay",
    "UserMonth",
    "UserQuerySet",
]
