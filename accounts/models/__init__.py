from .credentials import (
    CredentialSheet,
    CredentialSheetPart,
    Delivery,
    DeliveryState,
    MailTo,
    SheetKind,
)
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
    "Selection",
    "SheetKind",
    "User",
    "UserQuerySet",
]
