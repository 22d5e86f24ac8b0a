"""Help with the pages of uploads, in three lines each."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HELP: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    ("uploads:upload-add", "uploads:upload-columns", "uploads:column-list"): (
        _("Adds or changes many users from a spreadsheet."),
        _("Choose a .csv, .xlsx or .xls file. You see every problem before anything is saved."),
        _("If a heading is not recognized, say what its column means."),
    ),
    ("uploads:upload-list", "uploads:upload-detail"): (
        _("Uploads of this customer: being read, to be confirmed, done."),
        _("Check the rows, correct the errors, then confirm."),
        _("Then hand over the passwords. Undo upload deletes the added users again."),
    ),
    ("uploads:select-list",): (
        _("Selects users by a list from elsewhere."),
        _("Enter the list or choose a file with names or user names."),
        _("Then choose an action for the users it found."),
    ),
}
