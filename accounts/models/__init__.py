from .credentials import (
    CredentialSheet,
    CredentialSheetPart,
    Delivery,
    DeliveryState,
    MailTo,
    SheetKind,
)
from .selections import SavedFilter, Selection
from .users import User, UserQuerySet

__all__ = [
    "CredentialSheet",
    "CredentialSheetPart",
    "Delivery",
    "DeliveryState",
    "MailTo",
    "SavedFilter",
    "Selection",
    "SheetKind",
    "User",
    "UserQuerySet",
]
