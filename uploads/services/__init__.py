"""Upload users: a file is read into rows, checked, confirmed, and written as a whole."""

from ..reading import Repair, RepairAction
from .cells.repairs import cell_of, value_of
from .checking import check_upload, end_upload, progress_key, row_limit
from .confirming import confirm_upload, fingerprint, reopen_upload, stop_upload
from .editing import decide_row, edit_row, row_fingerprint
from .forgetting import forget_columns, forget_texts
from .options import Assigning, Existing, Licensing, Options, Short
from .permissions import is_grave_to_confirm
from .readings import has_others, names_of
from .receiving import (
    answer,
    cancel_upload,
    choose_options,
    expire_uploads,
    map_columns,
    no_room,
    read_again,
    receive_upload,
    requeue_uploads,
    too_large,
)
from .repairing import may_replace, repair_rows, stop_repair
from .reporting import error_rows, free_names, report, result_heading
from .sweeping import drop_stray_files
from .tally import UploadCounts, cause_of, missing_seats
from .turns import is_behind_others
from .world import World
from .writing import NewUsers, new_users_of, work_of, write_upload

__all__ = [
    "Assigning",
    "Existing",
    "Licensing",
    "NewUsers",
    "Options",
    "Repair",
    "RepairAction",
    "Short",
    "UploadCounts",
    "World",
    "answer",
    "cancel_upload",
    "cause_of",
    "cell_of",
    "check_upload",
    "choose_options",
    "confirm_upload",
    "decide_row",
    "drop_stray_files",
    "edit_row",
    "end_upload",
    "error_rows",
    "expire_uploads",
    "fingerprint",
    "forget_columns",
    "forget_texts",
    "free_names",
    "has_others",
    "is_behind_others",
    "is_grave_to_confirm",
    "map_columns",
    "may_replace",
    "missing_seats",
    "names_of",
    "new_users_of",
    "no_room",
    "progress_key",
    "read_again",
    "receive_upload",
    "reopen_upload",
    "repair_rows",
    "report",
    "requeue_uploads",
    "result_heading",
    "row_fingerprint",
    "row_limit",
    "stop_repair",
    "stop_upload",
    "too_large",
    "value_of",
    "work_of",
    "write_upload",
]
