"""An .xlsx workbook: of the sheets that are shown, the one with the users is the table.

Read by the portal itself: of 30,000 rows of 12 cells it takes half of openpyxl's time, and holds
only what a row has. calamine takes a fifth of ours, but gives 1234 for a cell that shows 01234, as
openpyxl does, and opens whatever an archive unpacks to.
"""

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import unquote

from .archives import Archive
from .layout.choosing import Hidden, Sheet, best_table
from .layout.splitting import Start
from .markup import elements
from .merged import merged_in
from .sheets import sheet_rows
from .shown.numbers import TOLD_BY, Format, formats
from .strings import shared_strings
from .tables import Answers, Table
from .work import Work

_SMALL_PART = 16_000_000
_STRINGS_PART = 200_000_000


@contextmanager
def open_workbook(archive: Archive, *, answers: Answers, work: Work) -> Iterator[Table]:
    book = _read_book(archive)
    texts = archive.chunks(book.strings, _STRINGS_PART) if book.strings else ()
    with shared_strings(texts) as strings:

        def begun(name: str, part: str) -> Sheet:
            hidden = Hidden(taken=answers.hidden)
            chunks = archive.chunks(part)
            cells = sheet_rows(chunks, strings, book.formats, hidden, from_1904=book.from_1904)
            merged = merged_in(archive.chunks(part))
            rows = ((number, merged.fill(number, row)) for number, row in cells)
            return Sheet(name, Start.of(work.filled(rows)), hidden)

        sheets = (partial(begun, name, part) for name, part in book.sheets)
        yield best_table("xlsx", sheets, answers=answers, work=work)


@dataclass(slots=True)
class _Book:
    sheets: list[tuple[str, str]] = field(default_factory=list)
    strings: str = ""
    formats: list[Format] = field(default_factory=list)
    from_1904: bool = False


def _read_book(archive: Archive) -> _Book:
    main = next(
        (part for kind, part in _related(archive, "").values() if kind == "officeDocument"), ""
    )
    related = _related(archive, main)
    by_kind = dict(related.values())
    book = _Book(strings=by_kind.get("sharedStrings", ""))
    if styles := by_kind.get("styles"):
        book.formats = formats(elements(archive.chunks(styles, _SMALL_PART), *TOLD_BY))
    for name, attributes in elements(archive.chunks(main, _SMALL_PART), "workbookPr", "sheet"):
        if name == "workbookPr":
            book.from_1904 = attributes.get("date1904", "") in {"1", "true"}
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            kind, part = related.get(attributes.get("id", ""), ("", ""))
            if kind == "worksheet":
                book.sheets.append((attributes.get("name", ""), part))
    return book


def _related(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """By the id that the part names it with: the kind and place of each other part."""
    folder, name = posixpath.split(part)
    found = {}
    rels = archive.chunks(posixpath.join(folder, "_rels", f"{name}.rels"), _SMALL_PART)
    for _name, attributes in elements(rels, "Relationship"):
        target = unquote(attributes.get("Target", "")).replace("\\", "/")
        place = posixpath.normpath(posixpath.join("/", folder, target))
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = (kind, place.lstrip("/"))
    return found
