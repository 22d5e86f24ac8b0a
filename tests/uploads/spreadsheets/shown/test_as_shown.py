"""Numbers under many formats are what LibreOffice shows, but for differences that have a reason."""

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.support.office import CSV, Conversion, convert
from uploads.spreadsheets.shown.numbers import PLAIN, number_format, number_text

pytestmark = [pytest.mark.once, pytest.mark.slow]

# The last option: as shown.
AS_SHOWN = "44,34,76,1,,1033,false,false,true"
NUMBERS = [
    *["0", "00000", '0#" "##" "##" "##" "##', r"00000\-0000", r"00\-000", '"+"0', "+0", "0#"],
    *[r"0000\ 000\ 000", r"00000\-000", r"000\ 00", "00000 000000", "000000000", r"\+00\ 000"],
    *[r"[<=9999999]###\-####;\(###\)\ ###\-####", "#,##0", "#,##0.00", "0.00", "0.0#", "0.##"],
    *["#.##", "#", "##0", ".00", "0%", "0.0%", '"Nr. "0', '0" km"', '0.0 "days"', "0,", "0.0,,"],
    *["0.00_)", "(0)", '_(#,##0_);_((#,##0);_("-"_);_(@_)', "0;-0;;@", '0;(0);"none"', "0;;"],
    *["[Red]0.0", "[Blue]0;[Red]-0", "[$€-407] 0.00", "$#,##0.00", "0.00 [$CHF-807]", "?0"],
    *["000;-000", "??0.0?", "0-0-0", '00"/"00', '[>100]"many "0;[<0]"less "0;"few "0', "+#"],
    *["General", 'General" km"', "@", '"x"0"y"', r"#\ ###\ ##0", "# ##0", "00 00 00", r"0\.0"],
]
VALUES = [
    *[0, 1, 5, 7.5, 12, 95, 123.456, -3, -1234.5, 950, 1234, 0.5, 0.126, 46053, 46053.3541666667],
    *[123456789, 2065551234, 5551234, 491701234567, 0.001, -0.001, 99.999],
]
MOMENTS = [
    *["dd.mm.yyyy", "d/m/yy", "yyyy-mm-dd", "d-mmm-yy", "dddd, d mmmm yyyy", "mmm yyyy", "mmmmm"],
    *["ddd", "h:mm", "hh:mm:ss", "h:mm AM/PM", "[h]:mm", "[mm]:ss", "yyyy-mm-dd hh:mm"],
    *["[$-409]d. mmmm yyyy", "mm:ss.00", '"day "d', r"yyyy\-mm\-dd\Thh:mm"],
]
# LibreOffice counts days before March 1900 in another way than Excel, shows dates before that and
# after 9999 which Excel does not, and cuts seconds where Excel rounds them.
DAYS = [61, 95, 950, 1234, 46053, 46053.3541666667, 45000.75, 47000]
# As stored, for what is shown has fewer digits; it drops the sign of what no condition took; Excel
# shows a format that has no place for a number, and names of other languages are not known.
DIFFERING = {
    ("0.00E+00", 491701234567): ("491701234567", "4.92E+11"),
    ("# ?/?", 7.5): ("7.5", "7 1/2"),
    ('[=1]"yes";[=0]"no";0', -3): ("-3", "3"),
    ('[>=1000]0,"k";0', -3): ("-3", "3"),
    ('"days"', 7): ("7", "days"),
    (";;;", 7): ("7", ""),
    ("[$-407]d. mmmm yyyy", 46053): ("2026-01-31", "31. Januar 2026"),
    ("dd.mm.yyyy", 0.5): ("12:00:00", "30.12.1899"),
    ("dd.mm.yyyy", 1): ("01.01.1900", "31.12.1899"),
    ("dd.mm.yyyy", -3): ("-3", "27.12.1899"),
    ("hh:mm:ss", 99.999): ("23:58:34", "23:58:33"),
}


def test_what_is_shown_is_what_is_read(tmp_path: Path) -> None:
    cells = [(code, value) for code in NUMBERS for value in VALUES]
    cells += [(code, value) for code in MOMENTS for value in DAYS]
    cells += list(DIFFERING)
    book = Workbook()
    for at, (code, value) in enumerate(cells, start=1):
        book.active.cell(at, 1, value).number_format = code
    book.save(tmp_path / "shown.xlsx")
    target = tmp_path / "shown.csv"
    convert(
        [Conversion(tmp_path / "shown.xlsx", target, CSV, target_options=AS_SHOWN)],
        tmp_path / "profile",
    )
    with target.open(encoding="utf-8-sig", newline="") as file:
        theirs = [row[0] if row else "" for row in csv.reader(file)]
    ours = [
        number_text(
            repr(value),
            PLAIN if code == "General" else number_format(164, code),
            from_1904=False,
        )
        for code, value in cells
    ]
    found = {
        cell: (one, other)
        for cell, one, other in zip(cells, ours, theirs, strict=True)
        if one != other
    }
    assert found == DIFFERING
