"""Workbooks for the tests of reading: real ones by openpyxl, and archives made by hand."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from openpyxl import Workbook

_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": (
        f'<Relationships><Relationship Id="r1" Type="{_TYPES}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_TYPES}"><sheets>'
        '<sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships><Relationship Id="r1" Type="{_TYPES}/worksheet"'
        f' Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_TYPES}/sharedStrings"'
        ' Target="/xl/sharedStrings.xml"/></Relationships>'
    ),
    "xl/sharedStrings.xml": "<sst/>",
}


def workbook(rows: Iterable[Iterable[Any]], **sheets: Iterable[Iterable[Any]]) -> bytes:
    """A sheet called Sheet with these rows, then those named."""
    book = Workbook()
    for name, lines in {"Sheet": rows, **sheets}.items():
        sheet = book[name] if name in book else book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def by_hand(rows: str, strings: str = "", **parts: str) -> bytes:
    """A workbook whose only sheet has that XML for its rows."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    texts = f'<sst xmlns="{_MAIN}">{strings}</sst>'
    made = {"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": texts}
    return archive({**PARTS, **made, **parts})
