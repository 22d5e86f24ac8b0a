"""A number as its format shows it: 01 23 45 67 89, 00-950, +491701234567."""

from decimal import ROUND_HALF_UP, Decimal

from .patterns import Part, Piece, Section

_PADDING = {"0": "0", "?": " ", "#": ""}
_GROUP = 3


def digits_text(section: Section, number: Decimal, sign: str = "") -> str:
    """Return the number, which is not negative, in this section of a format.

    `sign` stands before all of it, if anything of the number is left after rounding.
    """
    pieces = section.pieces
    at = next((at for at, (part, _text) in enumerate(pieces) if part is Part.POINT), len(pieces))
    whole, after = pieces[:at], pieces[at + 1 :]
    if not section.has(Part.DIGIT):
        return sign + "".join(text for part, text in pieces if part is not Part.COMMA)
    digits = [each for each, (part, _text) in enumerate(pieces) if part is Part.DIGIT]
    commas = [each for each, (part, _text) in enumerate(pieces) if part is Part.COMMA]
    # Commas after the last digit divide by a thousand, those between digits group them.
    thousands = sum(each > digits[-1] for each in commas)
    grouped = any(digits[0] < each < min(at, digits[-1]) for each in commas)
    number *= Decimal(100) ** sum(part is Part.PERCENT for part, _text in pieces)
    number /= Decimal(1000) ** thousands
    places = sum(part is Part.DIGIT for part, _text in after)
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    before, _point, behind = f"{rounded:f}".partition(".")
    text = _whole_text(whole, before.lstrip("0"), grouped=grouped)
    if not any(part is Part.DIGIT for part, _text in whole):
        text += before.lstrip("0")
    needed, fraction = len(behind.rstrip("0")), ""
    for part, shown in after:
        if part is Part.DIGIT:
            fraction += behind[0] if needed > 0 else _PADDING[shown]
            behind, needed = behind[1:], needed - 1
        elif part is not Part.COMMA:
            fraction += shown
    # Excel leaves the point of 5.## alone, LibreOffice does not.
    point = "." if fraction[:1] in set("0123456789 ") else ""
    return f"{sign if rounded else ''}{text}{point}{fraction}"


def _whole_text(pieces: list[Piece], digits: str, *, grouped: bool) -> str:
    """Fill the digits in from the right; those that are left over stand before the first place."""
    places = sum(part is Part.DIGIT for part, _text in pieces)
    shown: list[str] = []
    count = 0

    def put(digit: str) -> None:
        nonlocal count
        if grouped and count and count % _GROUP == 0 and digit:
            shown.append("," if digit != " " else " ")
        shown.append(digit)
        count += bool(digit)

    for part, text in reversed(pieces):
        if part is not Part.DIGIT:
            shown.append(text if part is not Part.COMMA else "")
            continue
        places -= 1
        put(digits[-1:] or _PADDING[text])
        digits = digits[:-1]
        while places == 0 and digits:
            put(digits[-1])
            digits = digits[:-1]
    return "".join(reversed(shown))
