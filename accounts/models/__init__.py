from .credentials import (
    CredentialSheet,
    CredentialSheetPart,
    Delivery,
    DeliveryState,
    MailTo,
    SheetKind,
)
from .selections import SavedFilter, Selection
from .uploads import ColumnMapping, Upload, UploadRow, UploadState
from .users import User, UserQuerySet

__all__ = [
    "ColumnMapping",
    "CredentialSheet",
    "CredentialSheetPart",
    "Delivery",
    "DeliveryState",
    "MailTo",
    "SavedFilter",
    "Selection",
    "SheetKind",
    "Upload",
    "UploadRow",
    "UploadState",
    "User",
    "UserQuerySet",
]
