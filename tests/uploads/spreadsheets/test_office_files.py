"""What a real spreadsheet program saves is read to the letter; our files start no formula in it."""

import re
from pathlib import Path

import pytest

from customers.spreadsheet_files import csv_lines, xlsx_file
from tests.support.office import CSV, FLAT, XLSX, Conversion, convert
from uploads.spreadsheets import Answers, Table, open_table

HEADINGS = ("User Name", "Display Name", "Address", "ZIP or Postal Code")
NAMES = {
    "windows-1252": ["Zoë Müßig", "Ægir Þórðarson", "Núñez “Pepe” García", "œuvre €"],
    "windows-1250": ["Łukasz Żółć", "Dvořák", "Őrsi Györgyű"],
    "windows-1251": ["Анна Кузнецова", "Ђорђе Љубић", "Ґалаґан"],
    "windows-1253": ["Γιώργος Παπαδόπουλος", "Άννα"],
    "windows-1255": ["דוד כהן"],
    "windows-1256": ["محمد علي"],
    "cp874": ["สมชาย ใจดี"],
    "cp932": ["山田 太郎", "ソニー 能|表"],
    "gbk": ["王小明"],
    "cp949": ["김철수"],
    "": ["नरेन्द्र सिंह", "გიორგი", "Հայկ", "👩‍💻 e\u0301"],
}
# How LibreOffice numbers them.
ENCODINGS = {
    "utf-8": 76,
    "utf-16": 65535,
    "windows-1252": 1,
    "windows-1250": 33,
    "windows-1251": 34,
    "windows-1253": 35,
    "windows-1255": 37,
    "windows-1256": 38,
    "cp874": 32,
    "cp932": 60,
    "gbk": 61,
    "cp949": 62,
}
SEPARATORS = ",;\t|"
READ_UTF_8 = "44,34,76,1,,1033,false,true"
# What a CSV that nobody made safe does there.
BARE = "Email,Fax,City,Office\r\n=1+1,12.0,2026-01-31,TRUE\r\n"
# In a text cell; LibreOffice writes them into a CSV as they are.
DANGEROUS = ["=1+1", "-1", "+47 1", "@x", '=HYPERLINK("http://x")']
SPECIAL = ['say "no"; a,b|c', "two\nlines", "00123", " round ", *DANGEROUS]


def users(encoding: str) -> list[tuple[str, ...]]:
    """Rows whose every letter the encoding has."""
    names = NAMES.get(encoding) or [name for group in NAMES.values() for name in group]
    cells = [*names, *SPECIAL]
    return [
        (f"u{at}@x.example", cell, "" if at % 3 else cell, "01234") for at, cell in enumerate(cells)
    ]


def read(path: Path, encoding: str = "") -> tuple[Table, list[tuple[str, ...]]]:
    with (
        path.open("rb") as file,
        open_table(file, name=path.name, answers=Answers(encoding), row_limit=100) as table,
    ):
        return table, [row.cells for row in table.rows]


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what LibreOffice made, all in one run."""
    folder = tmp_path_factory.mktemp("office")
    conversions = [
        Conversion(
            written(folder, encoding),
            folder / f"{encoding}-{ord(separator)}.csv",
            CSV,
            target_options=f"{ord(separator)},34,{number},1,,0,false,true,false",
        )
        for encoding, number in ENCODINGS.items()
        for separator in SEPARATORS
    ]
    conversions.append(Conversion(written(folder, ""), folder / "all.xlsx", XLSX))
    ours = csv_lines([HEADINGS, *users("")])
    for name, text in {"ours": "".join(ours), "bare": BARE}.items():
        source = folder / f"{name}.csv"
        source.write_text(text, newline="")
        for suffix, kind in {"fods": FLAT, "xlsx": XLSX}.items():
            target = folder / f"{name}.{suffix}"
            conversions.append(Conversion(source, target, kind, source_options=READ_UTF_8))
    convert(conversions, folder / "profile")
    return folder


def written(folder: Path, encoding: str) -> Path:
    path = folder / f"source-{encoding}.xlsx"
    if not path.exists():
        with xlsx_file([HEADINGS, *users(encoding)]) as file:
            path.write_bytes(file.read())
    return path


def test_every_separator_and_encoding_reads_back_to_the_letter(office: Path) -> None:
    differing = {}
    for encoding in ENCODINGS:
        for separator in SEPARATORS:
            table, rows = read(office / f"{encoding}-{ord(separator)}.csv", encoding)
            found = (table.headings, table.separator, rows)
            if found != (HEADINGS, separator, users(encoding)):
                differing[encoding, separator] = found
    assert differing == {}


def test_its_workbook_reads_back_to_the_letter(office: Path) -> None:
    table, rows = read(office / "all.xlsx")
    assert (table.headings, rows) == (HEADINGS, users(""))


def test_numbers_days_and_formulas_are_the_text_that_one_sees(office: Path) -> None:
    assert read(office / "bare.xlsx")[1] == [("2", "12", "2026-01-31", "TRUE")]


def test_a_file_of_ours_starts_no_formula_and_comes_back_whole(office: Path) -> None:
    formulas = {
        name: re.findall(r'table:formula="([^"]*)"', (office / f"{name}.fods").read_text())
        for name in ("ours", "bare")
    }
    assert formulas == {"ours": [], "bare": ["of:=1+1"]}
    assert read(office / "ours.csv")[1] == users("")
