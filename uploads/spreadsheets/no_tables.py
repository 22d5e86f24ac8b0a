"""Files that are known to be something other than a table, and what their users can do instead."""

import os
import re
from typing import IO

from django.utils.functional import Promise

from customers.said import gettext as _
from customers.said import gettext_lazy

from ..errors import FileRefused

# Comments may stand above what tells.
_BEGINNING = 16_384
_END = 1_024
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
PACKED = gettext_lazy("a packed archive")
# By the first bytes.
_OTHERS = {
    b"%PDF-": gettext_lazy("a PDF document"),
    b"\x89PNG": gettext_lazy("a picture"),
    b"\xff\xd8\xff": gettext_lazy("a picture"),
    b"GIF8": gettext_lazy("a picture"),
    b"{\\rtf": gettext_lazy("a text document"),
    b"\x1f\x8b": PACKED,
    b"7z\xbc\xaf": PACKED,
    b"Rar!": PACKED,
}
_HTML = gettext_lazy("a web page (HTML)")
_XML = gettext_lazy("an XML file")
# By the beginning of the text. Web pages and such workbooks are what programs export as .xls.
_PAGES = {
    re.compile(r"<\?xml\b[^>]{0,200}>.{0,500}progid=[\"']Excel\.Sheet", re.DOTALL): gettext_lazy(
        "an XML workbook of Excel 2003"
    ),
    # Such a word may also be the first heading.
    re.compile(
        r"(<\?xml\b[^>]{0,200}>\s*)?"
        r"<(!doctype\s+html|!--|(html|table|head|body|meta)(\s[^<>]{0,2000})?/?>(?! *[,;|\t]))",
        re.IGNORECASE,
    ): _HTML,
    re.compile(r"MIME-Version:", re.IGNORECASE): gettext_lazy("a web page (MHTML)"),
    re.compile(r"<(\?xml\b|!doctype\b)", re.IGNORECASE): _XML,
}
# What only a part of a page has.
_PART = re.compile(r"<(table|tr|td|div)[\s>]", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w:.-]{0,100})[\s>]")
_RECORDS = {
    "BEGIN:VCARD": gettext_lazy("a file of contacts (vCard)"),
    "BEGIN:VCALENDAR": gettext_lazy("a calendar"),
}
# The name of an entry, as it is or encoded; above it there may be the version.
_LDIF = re.compile(r"dn:(: *[A-Za-z0-9+/]{4}| *[A-Za-z][\w.-]{0,60} *=)", re.IGNORECASE)
_LDIF_VERSION = re.compile(r"version: *\d+ *")
_STRING = r'"(?:[^"\\]|\\.){0,1000}"'
_JSON = re.compile(
    rf"(\[\s*){{0,5}}\{{\s*({_STRING}\s*:|\}}\s*[\]}},])|\[\s*\[\s*{_STRING}\s*[,\]]"
)


def check_is_table(file: IO[bytes], name: str) -> None:
    """FileRefused where a file that is no workbook is known to be something other than a table.

    `name` is for the sentence alone. What might be a table is left to what reads them.
    """
    file.seek(0)
    beginning = file.read(_BEGINNING)
    for mark, kind in _OTHERS.items():
        if beginning.startswith(mark):
            raise no_table(name, kind)
    text = _text(beginning).lstrip()
    page = next((kind for pattern, kind in _PAGES.items() if pattern.match(text)), None)
    if page is None and (root := _ROOT.match(text)):
        file.seek(max(file.seek(0, os.SEEK_END) - _END, 0))
        # Headings and cells may be in such brackets, but they are not closed by the last line.
        closed = _text(file.read()).rstrip().endswith(f"</{root[1]}>")
        kind = _HTML if _PART.search(text) else _XML
        page = kind if closed else None
    if page:
        raise no_table(name, page)
    if records := _records(text):
        raise no_table(name, records, opens=False)


def no_table(name: str, kind: str | Promise, *, opens: bool = True) -> FileRefused:
    """Return the refusal of a file; `opens` says whether a spreadsheet program shows its users."""
    sentence = (
        _(
            "%(name)s is %(kind)s, which can't be read as a table. Open it in a spreadsheet program"
            " and save it as .xlsx or as “CSV UTF-8”, then choose that file."
        )
        if opens
        else _(
            "%(name)s is %(kind)s, not a table with a row for each user. Export the users"
            " as CSV or Excel in the program that it comes from, then choose that file."
        )
    )
    told = {"name": f"“{name}”" if name else _("The file"), "kind": kind}
    return FileRefused(sentence % told, code="file-not-a-table")


def _text(some: bytes) -> str:
    """Return what is ASCII in it, be it in letters of one byte or of two."""
    for mark in _MARKS:
        some = some.removeprefix(mark)
    return some.replace(b"\0", b"").decode("ascii", "replace")


def _records(text: str) -> str | Promise:
    """Return which kind of records a text begins with, "" where it has none."""
    if _JSON.match(text):
        return _("a JSON file")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    first = next(lines, "")
    if kind := _RECORDS.get(first.strip().upper()):
        return kind
    if _LDIF_VERSION.fullmatch(first):
        first = next(lines, "")
    return _("an LDIF file") if _LDIF.match(first) else ""
