from .credentials import (
    CredentialSheet,
    CredentialSheetPart,
    Delivery,
    DeliveryState,
    MailTo,
    SheetKind,
)
from .selections import SavedFilter, Selection
from .uploads import (
    OPEN_STATES,
    UPLOAD_FOLDER,
    ColumnMapping,
    RowDecision,
    RowOutcome,
    Upload,
    UploadRow,
    UploadState,
)
from .users import User, UserQuerySet

__all__ = [
    "OPEN_STATES",
    "UPLOAD_FOLDER",
    "ColumnMapping",
    "CredentialSheet",
    "CredentialSheetPart",
    "Delivery",
    "DeliveryState",
    "MailTo",
    "RowDecision",
    "RowOutcome",
    "SavedFilter",
    "Selection",
    "SheetKind",
    "Upload",
    "UploadRow",
    "UploadState",
    "User",
    "UserQuerySet",
]
