from .credentials import (
    CredentialSheet,
    CredentialSheetPart,
    Delivery,
    DeliveryState,
    HandedBy,
    MailTo,
    SheetKind,
    SheetReading,
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
    "HandedBy",
    "MailTo",
    "SavedFilter",
    "SeatDay",
    "SeatMonth",
    "Selection",
    "SheetKind",
    "SheetReading",
    "User",
    "UserDay",
    "UserMonth",
    "UserQuerySet",
]
