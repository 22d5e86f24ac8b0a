"""What a workbook stores as a number, as the text that a user sees: 12, 2026-01-31, 01234."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum, auto

from customers.query_params import read_number

_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
# Quoted text, escaped characters, fill and width, and [Red], [$-407] but not [h].
_NO_PATTERN = re.compile(r'"[^"]*"|\\.|[_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
# In the year 9999, counted from 1900 or from 1904.
_LAST_DAY = 2_957_003
_LONGEST = 400
# Excel's own end of a format: what is longer is none, and would take minutes to be judged.
_FORMAT_LENGTH = 255


class Kind(Enum):
    PLAIN = auto()
    DATE = auto()
    ZEROS = auto()


@dataclass(frozen=True, slots=True)
class Format:
    """How numbers of a style are shown; `digits` is how many zeros fill up to."""

    kind: Kind = Kind.PLAIN
    digits: int = 0


PLAIN = Format()
_AROUND = ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs")
# The elements that say it, of a workbook's styles.
TOLD_BY = ("numFmt", "xf", *_AROUND)


def number_format(number: int, code: str | None) -> Format:
    """Return how a style with this number shows numbers; `code` is its own, if it has one."""
    if code is None:
        return Format(Kind.DATE) if number in _BUILT_IN_DATES else PLAIN
    first = code.split(";")[0]
    if first and not first.strip("0"):
        return Format(Kind.ZEROS, digits=len(first))
    pattern = _NO_PATTERN.sub("", first)
    return Format(Kind.DATE) if re.search("[dmyhs]", pattern, re.IGNORECASE) else PLAIN


def formats(styles: Iterable[tuple[str, dict[str, str]]]) -> list[Format]:
    """Return the formats of cells, by the number that a cell names its style with."""
    codes: dict[str, str] = {}
    known: dict[str, Format] = {}
    found: list[Format] = []
    in_cells = False
    for name, attributes in styles:
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in _AROUND:
            in_cells = name == "cellXfs"
        elif name == "xf" and in_cells:
            number = attributes.get("numFmtId", "0")
            if number not in known:
                code = codes.get(number, "")[:_FORMAT_LENGTH] if number in codes else None
                known[number] = number_format(read_number(number) or 0, code)
            found.append(known[number])
    return found


def number_text(stored: str, shown: Format, *, from_1904: bool) -> str:
    """Return a stored number as its cell shows it; what is no number stays as it is."""
    try:
        number = Decimal(stored.strip()) if len(stored) < _LONGEST else None
    except InvalidOperation:
        return stored
    if number is None or not number.is_finite() or abs(number.adjusted()) > _LONGEST:
        return stored
    if shown.kind is Kind.DATE and 0 <= number <= _LAST_DAY:
        return _date_text(number, from_1904=from_1904)
    if len(number.as_tuple().digits) > 15:
        # Stored as binary with 17 digits, of which Excel shows 15: 0.1, not 0.10000000000000001.
        number = Decimal(f"{float(stored):.15g}")
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.zfill(shown.digits) if shown.kind is Kind.ZEROS else text


def _date_text(number: Decimal, *, from_1904: bool) -> str:
    days, seconds = divmod(round(number * 86_400), 86_400)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if days == 0:
        return clock
    if from_1904:
        beginning = date(1904, 1, 1)
    else:
        # For Excel 1900 was a leap year.
        beginning = date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    day = (beginning + timedelta(days=days)).isoformat()
    return f"{day}T{clock}" if seconds else day
