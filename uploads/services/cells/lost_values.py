"""Cells whose value was lost before the file came: a problem, or at least a notice, at the cell."""

from django.utils.text import Truncator

from customers.said import gettext as _

from ...spreadsheets import flaw_of
from ..entries import APART, ReadRow


def note_flaw(entry: ReadRow, column: str, cell: str) -> bool:
    """Tell the entry of the cell's flaw, if it has one; return whether no value is left in it.

    Digits that are lost leave one. Of a detail that is lost as a whole the row does without, but
    not of its user name, nor of what the user may do.
    """
    flaw = flaw_of(cell)
    if flaw == "error-value":
        text = _("%(cell)s is a spreadsheet error, not a value. Enter the value here.")
        entry.wrong(column, text % {"cell": Truncator(cell.strip()).chars(40)}, cause="lost")
    elif flaw == "no-result":
        text = _("The file has a formula here without its result. Enter the value.")
        entry.wrong(column, text, cause=flaw)
    elif flaw == "two-values":
        text = _("The file has two values for this cell. Enter the right one.")
        entry.wrong(column, text, cause=flaw)
    elif flaw == "digits-lost":
        text = _(
            "Digits are lost: the file has only %(cell)s. Upload the workbook (.xlsx) instead."
        )
        entry.note(column, text % {"cell": cell.strip()}, cause=flaw)
    elif flaw == "too-narrow":
        text = _(
            "The value is lost: the column was too narrow when the file was saved. Upload the"
            " workbook (.xlsx) instead."
        )
        if column in APART:
            entry.wrong(column, text, cause="lost")
        else:
            entry.note(column, text, cause=flaw)
    return flaw not in (None, "digits-lost")
