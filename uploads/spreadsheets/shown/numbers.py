"""What a workbook stores as a number, as the text that a user sees: 12, 31.01.2026, 01234."""

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation, localcontext

from customers.query_params import read_number

from .digits import digits_text
from .moments import LAST_DAY, moment_text
from .patterns import Part, Section, sections_of

# Excel's own formats that are the same everywhere; of the others each computer shows its own.
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    37: "#,##0 ;(#,##0)",
    38: "#,##0 ;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
}
_LOCAL_DATES = {14, 22, *range(27, 37), *range(50, 59)}
_LONGEST = 400
# Excel's and LibreOffice's numbers end at 1.8E308.
_LARGEST_EXPONENT = 307
# Enough for all digits of any of them in any format, each percent sign of which adds two.
_PRECISION = 1_200
# Excel's own end of a format: what is longer is none, and would take minutes to be judged.
_FORMAT_LENGTH = 255
_SHOWN_DIGITS = 15
_AROUND = ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs")
# The elements that say it, of a workbook's styles.
TOLD_BY = ("numFmt", "xf", *_AROUND)
_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Format:
    """How the cells of a style show numbers; without sections, as they are.

    `around` is what stands before and after the text of a cell.
    """

    sections: tuple[Section, ...] = ()
    around: tuple[str, str] = ("", "")
    # Zeros alone, by far the most frequent of those that change a value: so many.
    zeros: int = 0


PLAIN = Format()
LOCAL_DATE = Format((Section([(Part.MOMENT, "sys")], is_local=True),))


def number_format(number: int, code: str | None) -> Format:
    """Return how a style with this number shows numbers; `code` is its own, if it has one."""
    if code is None:
        if number in _LOCAL_DATES:
            return LOCAL_DATE
        code = _BUILT_IN.get(number, "")
    if code and not code.strip("0"):
        return Format(tuple(sections_of(code)), zeros=len(code))
    sections = sections_of(code)
    around = ("", "")
    told = sections[3] if len(sections) > 3 else sections[-1]
    if told.has(Part.TEXT):
        at = [part for part, _text in told.pieces].index(Part.TEXT)
        before, after = (
            "".join(text for part, text in pieces if part is Part.LITERAL)
            for pieces in (told.pieces[:at], told.pieces[at:])
        )
        around = (before, after)
    of_numbers = sections[:3] if len(sections) > 3 or not told.has(Part.TEXT) else sections[:-1]
    # Without conditions of its own a format tells positive numbers, negative ones and zero apart.
    for section, sign in zip(
        of_numbers[:-1], (">" if len(of_numbers) > 2 else ">=", "<"), strict=False
    ):
        section.condition = section.condition or (sign, Decimal(0))
    # A format that shows nothing of any number, like ;;;, hides what is there.
    if not any(section.shows_value for section in of_numbers):
        return Format((), around)
    return Format(tuple(of_numbers), around)


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
    number = stored_number(stored)
    if number is None:
        return stored
    if len(number.as_tuple().digits) > _SHOWN_DIGITS:
        # Stored as binary with 17 digits, of which Excel shows 15: 0.1, not 0.10000000000000001.
        number = Decimal(f"{float(number):.15g}")
    if shown.zeros and number == number.to_integral_value() and number >= 0:
        return plain_text(number).zfill(shown.zeros)
    if not shown.sections:
        return plain_text(number)
    with localcontext(prec=_PRECISION):
        return _shown_text(number, shown.sections, from_1904=from_1904)


def stored_number(stored: str) -> Decimal | None:
    """Return a stored number; None where it is none that a cell can have.

    1E2000000000 is short to write, and would be written out in gigabytes.
    """
    try:
        number = Decimal(stored.strip()) if len(stored) < _LONGEST else None
    except InvalidOperation:
        return None
    if number is None or not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        return None
    return number


def plain_text(number: Decimal) -> str:
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def _shown_text(number: Decimal, sections: tuple[Section, ...], *, from_1904: bool) -> str:
    at = len(sections) - 1
    for place, each in enumerate(sections):
        if each.condition is None or _COMPARE[each.condition[0]](number, each.condition[1]):
            at = place
            break
    section = sections[at]
    if section.is_moment:
        if not 0 <= number <= LAST_DAY:
            return plain_text(number)
        return moment_text(section, number, from_1904=from_1904)
    if section.has(Part.TEXT) or section.is_as_stored:
        return plain_text(number)
    # The second section is for negative numbers alone, and says itself how they are told apart,
    # unless a condition gives it others too.
    told = section.condition or sections[0].condition
    sign = "-" if number < 0 and (at != 1 or (told and told[1] > 0)) else ""
    if section.has(Part.GENERAL):
        return sign + "".join(
            plain_text(abs(number)) if part is Part.GENERAL else text
            for part, text in section.pieces
        )
    return digits_text(section, abs(number), sign)
