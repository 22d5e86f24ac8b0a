"""Tables as users have them, in whatever way they were written: no value changes unsaid.

Titles above, notes below, other sheets, hidden rows, separators, quoting and encodings in all
their combinations: 2,000 files in `make torture`, fewer in `make test`. A file is read to the
letter, or a question is asked; it is not refused.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.support.office import XLS, XLSX, Conversion, convert
from tests.uploads.spreadsheets.workbooks import saved
from uploads.headings import column_of
from uploads.spreadsheets import Answers, Table, Unclear, open_table
from uploads.spreadsheets.kinds import CODE_PAGES

pytestmark = pytest.mark.torture

# 100 in `make test`; of both kinds of file together 2,000 in `make torture`.
files = hypothesis_settings(
    max_examples=hypothesis_settings().max_examples, suppress_health_check=[HealthCheck.too_slow]
)
OFFICE_FILES = 120

HEADINGS = {
    "user_name": ["User Name", "Email", "UserPrincipalName", "E-Mail-Adresse", "Username"],
    "first_name": ["First name", "Vorname", "GivenName", "Prénom"],
    "last_name": ["Last name", "Nachname", "Surname", "Apellidos"],
    "display_name": ["Display name", "Anzeigename", "Full name"],
    "office_phone": ["Office Phone", "Telefon", "Business phone"],
    "postal_code": ["ZIP or Postal Code", "PLZ", "Code postal"],
    "city": ["City", "Ort", "Ville"],
    "": ["Salary", "Personalnummer", "Kst."],
}
VALUES = [
    *("Łukasz", "Zoë Müßig", "O’Brien", 'say "no"', "Berg, Anna", "a;b|c", "two\nlines", " round "),
    *("02139", "00-950", "+49 30 1234", "=1+1", "@home", "-", "0", "1.50", "1,5", "TRUE", "1E5"),
    *(
        "2026-01-31",
        "31.01.2026",
        "4917012345678901",
        "東京",
        "x@y",
        "//x",
        "sep",
        "Total",
        "Office",
    ),
    *("Page 1", "12/1", "#5", "''", "ｆｕｌｌ", "a\tb", '"quoted"', ' "spaced"'),
]
TITLES = ["Staff list", "Contoso AG", "Export 29.11.2026", "Table 1", "#TYPE System.Object", "// x"]
NOTES = ["Total: 3", "Exported on 29 November 2026", "Confidential", "Page 1 of 1"]
README = [["How to fill in this form"], ["One row for each person"]]


@dataclass(frozen=True, slots=True)
class Sample:
    """What somebody has: a table, and what stands around it."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    titles: Sequence[str]
    notes: Sequence[str]
    gap: bool

    def lines(self) -> list[list[str]]:
        """All lines, blank ones too."""
        above = [[title] for title in self.titles]
        below = [[], *[[note] for note in self.notes]] if self.notes else []
        gap: list[list[str]] = [[]] if self.gap else []
        return [*above, *gap, list(self.headings), *map(list, self.rows), *below]


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    names = draw(st.lists(st.sampled_from(list(HEADINGS)[1:]), unique=True, max_size=5))
    columns = draw(st.permutations(["user_name", *names]))
    headings = [draw(st.sampled_from(HEADINGS[name])) for name in columns]
    value = st.one_of(st.sampled_from(VALUES), st.just(""))
    rows = []
    for at in range(draw(st.integers(1, 5))):
        user_name = f"u{at}@contoso.example"
        rows.append([user_name if name == "user_name" else draw(value) for name in columns])
    # A table of one column has no room for a title that could not be one of its users.
    titles = draw(st.lists(st.sampled_from(TITLES), max_size=3)) if len(columns) > 1 else []
    notes = draw(st.lists(st.sampled_from(NOTES), max_size=2)) if len(columns) > 1 else []
    return Sample(headings, rows, titles, notes, gap=draw(st.booleans()))


def written(sample: Sample, separator: str, style: str) -> str:
    file = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if style == "all" else csv.QUOTE_MINIMAL
    writer = csv.writer(file, delimiter=separator, quoting=quoting)
    width = len(sample.headings)
    lines = [[*line, *[""] * (width - len(line))] for line in sample.lines()]
    if style == "wrapped":
        for line in lines:
            inner = io.StringIO(newline="")
            csv.writer(inner, delimiter=separator).writerow(line)
            csv.writer(file, quoting=csv.QUOTE_ALL).writerow(
                [inner.getvalue()[:-2]] if any(line) else []
            )
    else:
        writer.writerows(lines)
    text = file.getvalue()
    if style == "spaced":
        # As people write it by hand: "a", "b".
        spaced = io.StringIO(newline="")
        for line in lines:
            cells = ['"{}"'.format(cell.replace('"', '""')) for cell in line]
            spaced.write(f"{separator} ".join(cells) + "\r\n")
        text = spaced.getvalue()
    return text


def check(content: bytes, sample: Sample, answers: Answers) -> str:
    """Return "read" where all values are as they were, or the question that is asked."""
    try:
        with open_table(io.BytesIO(content), name="x", answers=answers, row_limit=99) as table:
            rows = [list(row.cells) for row in table.rows]
            assert_whole(table, rows, sample)
    except Unclear as unclear:
        return unclear.question
    return "read"


def assert_whole(table: Table, rows: list[list[str]], sample: Sample) -> None:
    assert list(table.headings) == list(sample.headings)
    assert rows == [list(row) for row in sample.rows]
    assert table.found.after == len(sample.notes)
    assert bool(sample.titles) == any("above the headings" in note for note in table.notes)


@files
@given(
    samples(),
    st.sampled_from(",;\t|"),
    st.sampled_from(["minimal", "all", "spaced", "wrapped"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252", "windows-1250", "cp850"]),
)
def test_a_text_file_is_read_to_the_letter_or_asked_about(
    sample: Sample, separator: str, style: str, encoding: str
) -> None:
    content = written(sample, separator, style).encode(encoding, errors="ignore")
    told = Answers(encoding if encoding in CODE_PAGES else "", separator)
    whole = written(sample, separator, style).encode(encoding, errors="replace")
    if content != whole:
        # Not every letter is in every encoding.
        content = written(sample, separator, style).encode("utf-8-sig")
    assert check(content, sample, Answers()) in {"read", "encoding", "separator"}
    assert check(content, sample, told) == "read"


def workbook_of(sample: Sample, *, before: bool, hidden: bool) -> bytes:
    book = Workbook()
    sheet = book.active
    if before:
        for line in README:
            sheet.append(line)
        sheet = book.create_sheet("Users")
    for number, line in enumerate(sample.lines(), start=1):
        for at, value in enumerate(line, start=1):
            if value:
                cell = sheet.cell(number, at, value)
                cell.data_type = "s"
    if hidden:
        row = sheet.max_row + 1
        sheet.insert_rows(row)
        place = 1 + next(at for at, each in enumerate(sample.headings) if is_user_name(each))
        sheet.cell(row, place, "left@contoso.example")
        sheet.row_dimensions[row].hidden = True
    return saved(book)


def is_user_name(heading: str) -> bool:
    return column_of(heading) == "user_name"


@files
@given(sample=samples(), before=st.booleans(), hidden=st.booleans())
def test_a_workbook_is_read_to_the_letter(sample: Sample, *, before: bool, hidden: bool) -> None:
    content = workbook_of(sample, before=before, hidden=hidden)
    assert check(content, sample, Answers()) == "read"
    with open_table(io.BytesIO(content), name="x", row_limit=99) as table:
        list(table.rows)
    assert table.found.hidden_rows == hidden
    assert table.sheets == (("Sheet",) if before else ())


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.long
def test_what_libreoffice_makes_of_them_is_read_to_the_letter(tmp_path: Path) -> None:
    drawn: list[Sample] = []

    @hypothesis_settings(max_examples=OFFICE_FILES, database=None)
    @given(samples())
    def draw(sample: Sample) -> None:
        drawn.append(sample)

    draw()
    conversions = []
    for at, sample in enumerate(drawn):
        source = tmp_path / f"{at}.xlsx"
        source.write_bytes(workbook_of(sample, before=at % 3 == 0, hidden=at % 2 == 0))
        conversions += [
            Conversion(source, tmp_path / f"{at}.ods", "calc8"),
            Conversion(source, tmp_path / f"{at}.xls", XLS),
            Conversion(source, tmp_path / f"{at}-again.xlsx", XLSX),
        ]
    # Each run within the patience of a busy machine.
    for first in range(0, len(conversions), OFFICE_FILES):
        convert(conversions[first : first + OFFICE_FILES], tmp_path / f"profile-{first}")
    for at, sample in enumerate(drawn):
        for name in (f"{at}.ods", f"{at}.xls", f"{at}-again.xlsx"):
            assert check((tmp_path / name).read_bytes(), sample, Answers()) == "read", name
