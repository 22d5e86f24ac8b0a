"""Files for Excel and its kin, in which no cell is read as a formula, and none changes its text.

A spreadsheet program that opens a CSV makes numbers, days and formulas of what looks like them:
01067 becomes 1067, 3/4 a day in April, +372 5550163 an error. A ' before the value keeps it a text,
and stays in the cell when the program saves the file, as a workbook too: so it is taken away again
from the cells of both kinds, and only where it would have been put. A file that nobody uploads
again needs it against formulas alone.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

# Excel takes a file for UTF-8 only by its byte order mark.
BOM = "\ufeff"
# A workbook writes so what XML does not keep, and the _ of a text that looks the same.
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

# What begins a formula; the wide ones do so in Japanese and Chinese programs.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
# Shown again as it was written.
_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,10}")
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
# What numbers, days, times and sums of money are made of beside digits, in any country.
_MARKED = re.compile(r"[\w\s.,:;/()%'’$€£¥₩₹₽₺₪₫฿-]+")
# Of the languages whose headings are known: the months, each also as it is shortened.
MONTHS = """january february march april may june july august september october november
    december jan feb mar apr jun jul aug sep sept oct nov dec januar jänner februar feber märz
    mai juni juli oktober dezember jän mär mrz okt dez janvier février mars avril juin juillet
    août septembre octobre novembre décembre janv fév févr avr jui juil aoû déc enero febrero
    marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr
    ago set dic januari februari maart augustus mei mrt maa gennaio febbraio aprile maggio
    giugno luglio settembre ottobre dicembre gen mag giu lug ott janeiro fevereiro março maio
    junho julho setembro outubro novembro dezembro fev out styczeń luty marzec kwiecień maj
    czerwiec lipiec sierpień wrzesień październik listopad grudzień stycznia lutego marca
    kwietnia maja czerwca lipca sierpnia września października listopada grudnia sty lut kwi cze
    lip sie wrz paź lis gru marts augusti desember des"""
_UNITS = """am pm r chf czk dkk eur gbp huf kr kč ft nok pln ron sek usd zł 年 月 日 時 分 秒 时"""
_READ = frozenset(f"{MONTHS} {_UNITS}".split())
# 1E5, 2026-11-29T20:24Z and 5 p, but not the room 12A.
_WITHIN = re.compile(r"(?<=[\d.,])e(?=[+-]?\d)|(?<=\d)t(?=\d)|(?<=\d)z\Z|(?<=\s)[ap]\b")
# What programs, and our own reading, take for an error, a column too narrow or lost digits.
_LOST = re.compile(r"#\S+|err:5\d\d|[+-]?\d(?:[.,]\d+)?e\+\d{2,3}")
TRUTH = """true false wahr falsch vrai faux verdadero falso vero waar onwaar verdadeiro prawda fałsz
    sant falskt sand falsk sann usann"""
_TRUTH = frozenset(TRUTH.split())


def _is_changed(value: str) -> bool:
    """Return whether a program would show something else, in a country of ours at least."""
    bare = value.lstrip("'").lower()
    if bare.isalpha():
        # Nearly all cells: a file of ours has two million.
        return bare in _TRUTH
    if not bare or _WHOLE_NUMBER.fullmatch(bare):
        return False
    if bare[0] in _FORMULA or _LOST.fullmatch(bare.strip()):
        return True
    if not _DIGIT.search(bare):
        return bare.strip() in _TRUTH
    if any(word not in _READ for word in _WORD.findall(_WITHIN.sub(" ", bare))):
        return False
    return bare[0] == "#" or _MARKED.fullmatch(bare) is not None


def text_cell(value: str) -> str:
    """Return the value with a ' before what a program would change, even after other ' characters.

    `typed_value` takes it away again, so that all comes back whole.
    """
    return f"'{value}" if _is_changed(value) else value


def safe_cell(value: str) -> str:
    """Return the value with a ' before what would begin a formula, for a file that is only read."""
    return f"'{value}" if value.lstrip("'")[:1] in _FORMULA else value


def typed_value(cell: str) -> str:
    """Return what `text_cell` was given: one ' goes, and only where it would have put it."""
    return cell[1:] if cell[:1] == "'" and _is_changed(cell[1:]) else cell


def csv_lines(
    rows: Iterable[Sequence[str]], guard: Callable[[str], str] = text_cell
) -> Iterator[str]:
    """Yield the lines of a CSV file, for a response that streams."""
    writer = csv.writer(_Echo())
    yield BOM
    for row in rows:
        yield writer.writerow([guard(value) for value in row])


def xlsx_file(rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """Return a workbook, open at its beginning. Every cell is text, also one that begins with =.

    So nothing needs a ' but what has one that `typed_value` would take for ours, and a text that
    looks like an error, which our own reading would not take for a value.
    """
    # Half a second that no other page has to wait for at the start.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.writer.excel import save_workbook

    def cell(value: str) -> Any:
        # First: what is left decides what the text looks like.
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
        if value[:1] == "'" or _LOST.fullmatch(value.strip().lower()):
            value = text_cell(value)
        text = _ESCAPED.sub("_x005F_", value).replace("\r", "_x000D_")
        # What openpyxl takes for a formula or an error.
        if not text.startswith(("=", "#")):
            return text or None
        plain = WriteOnlyCell(sheet, text)
        plain.data_type = "s"
        return plain

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([cell(value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 - the view that sends it closes it
    save_workbook(book, file)
    file.seek(0)
    return file


class _Echo:
    """A stand-in for a file that hands each line of csv back instead of keeping it."""

    def write(self, line: str) -> str:
        return line
