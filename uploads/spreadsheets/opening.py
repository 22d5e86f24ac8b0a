"""Tells by a file's first bytes what it is, whatever its name says."""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from customers.said import gettext as _
from customers.said import gettext_lazy

from ..errors import FileRefused
from .archives import Archive, locked_sentence
from .delimited import open_delimited
from .no_tables import PACKED, check_is_table, no_table
from .old_workbooks import open_old_workbook
from .opendocument import CONTENT, is_spreadsheet, open_document
from .tables import UNASKED, Answers, Table, empty_sentence
from .work import Work
from .workbooks import open_workbook

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
# Parts by which an archive is known; the first that is there says what it is.
_ARCHIVES = {
    "xl/workbook.bin": gettext_lazy("a binary workbook (.xlsb)"),
    "word/document.xml": gettext_lazy("a Word document"),
    "ppt/presentation.xml": gettext_lazy("a presentation"),
    "content.xml": gettext_lazy("an OpenDocument file other than a spreadsheet"),
}


@contextmanager
def open_table(
    file: IO[bytes],
    *,
    name: str,
    answers: Answers = UNASKED,
    country: str = "",
    row_limit: int,
    seconds: float = math.inf,
    begun: float | None = None,
) -> Iterator[Table]:
    """Yield the table; raise Unclear where a user has to say how it is meant, else FileRefused.

    The memory that it takes does not grow with the file, but for an .xls workbook, which is in
    memory whole. `seconds` of the processor are all that is given to it and to what is done with
    its rows, counted from now, or from `begun` in this thread's time. `name` is for its sentences
    alone; in the languages of `country` its letters are likely to be.
    """
    work = Work(row_limit, seconds)
    if begun is not None:
        work.begun = begun
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise FileRefused(empty_sentence(), code="file-empty")
    file.seek(0)
    beginning = file.read(len(_OLE))
    if beginning.startswith(_ZIP):
        archive = _archive(file, name, work)
        open_archive = open_document if CONTENT in archive else open_workbook
        opened = open_archive(archive, answers=answers, work=work)
    elif beginning.startswith(_OLE):
        file.seek(0)
        # A locked .xlsx workbook is none of these archives. Its directory, which has this name,
        # stands anywhere; it begins with it.
        if _LOCKED in file.read(1 << 20):
            raise FileRefused(locked_sentence(), code="file-locked")
        other = no_table(name, _("an old document, or a workbook from before Excel 97"))
        opened = open_old_workbook(file, other=other, answers=answers, work=work)
    else:
        check_is_table(file, name)
        opened = open_delimited(file, answers=answers, work=work, country=country)
    with opened as table:
        yield table


def _archive(file: IO[bytes], name: str, work: Work) -> Archive:
    archive = Archive(file, work)
    if is_spreadsheet(archive) and CONTENT in archive:
        return archive
    for part, kind in _ARCHIVES.items():
        if part in archive:
            raise no_table(name, kind)
    if "[Content_Types].xml" not in archive:
        raise no_table(name, PACKED)
    return archive
