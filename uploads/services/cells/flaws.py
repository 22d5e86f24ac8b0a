"""Cells whose value was lost before the file came: a problem, or at least a notice, at the cell."""

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ...spreadsheets import flaw_of
from ..entries import ReadRow


def is_lost(entry: ReadRow, column: str, cell: str) -> bool:
    """Whether the cell has no value to be read; the entry is told of any flaw."""
    flaw = flaw_of(cell)
    if flaw == "error-value":
        text = _("%(cell)s is an error of the spreadsheet, not a value. Write the value here.")
        entry.wrong(column, text % {"cell": Truncator(cell.strip()).chars(40)}, cause="lost")
    elif flaw == "no-result":
        text = _(
            "The file has a formula here without its result. Write the value here, or open the file"
            " in a spreadsheet program, save it, and upload it again."
        )
        entry.wrong(column, text, cause="lost")
    elif flaw == "digits-lost":
        text = _(
            "Digits are lost: the file has only %(cell)s. Upload the workbook (.xlsx) instead."
        )
        entry.note(column, text % {"cell": cell.strip()})
    elif flaw == "too-narrow":
        text = _(
            "The value is lost: the column was too narrow when the file was saved. Upload it as"
            " .xlsx instead."
        )
        entry.note(column, text)
    return flaw in ("error-value", "no-result")
