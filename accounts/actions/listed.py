"""All actions of this app, in the order of their buttons."""

from .add import ADD
from .allow import ALLOW
from .allow_codes import ALLOW_CODES
from .base import Action
from .block import BLOCK
from .change import CHANGE
from .delete import DELETE
from .department import CHANGE_DEPARTMENT
from .licenses import LICENSES
from .location import CHANGE_LOCATION
from .permissions import CHANGE_PERMISSIONS
from .remove import REMOVE
from .remove_staff import REMOVE_STAFF
from .reset import RESET
from .restore import RESTORE
from .second_step import SECOND_STEP
from .start import CHANGE_START
from .subscription import SUBSCRIPTION

ACTIONS: tuple[Action, ...] = (
    LICENSES,
    RESET,
    SECOND_STEP,
    ALLOW_CODES,
    BLOCK,
    ALLOW,
    DELETE,
    CHANGE,
    CHANGE_LOCATION,
    CHANGE_DEPARTMENT,
    CHANGE_PERMISSIONS,
    CHANGE_START,
    RESTORE,
    REMOVE,
    ADD,
    SUBSCRIPTION,
    REMOVE_STAFF,
)
