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
    thousands, grouped = _commas(whole, after)
    number *= Decimal(100) ** sum(part is Part.PERCENT for part, _text in pieces)
    number /= Decimal(1000) ** thousands
    places = sum(part is Part.DIGIT for part, _text in after)
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    before, _point, behind = f"{rounded:f}".partition(".")
    text = _whole_text(whole, before.lstrip("0"), grouped=grouped)
    if not any(part is Part.DIGIT for part, _text in whole):
        text += before.lstrip("0")
    fraction = _fraction_text(after, behind)
    # Excel leaves the point of 5.## alone, LibreOffice does not.
    point = "." if fraction[:1].isdigit() or fraction[:1] == " " else ""
    return f"{sign if rounded else ''}{text}{point}{fraction}"


def _commas(whole: list[Piece], after: list[Piece]) -> tuple[int, bool]:
    """Return how often commas divide by a thousand, and whether others group the digits."""
    pieces = [*whole, *after]
    places = [at for at, (part, _text) in enumerate(pieces) if part is Part.DIGIT]
    commas = [at for at, (part, _text) in enumerate(pieces) if part is Part.COMMA]
    in_whole = [at for at in places if at < len(whole)]
    grouped = any(in_whole[0] < at < in_whole[-1] for at in commas) if in_whole else False
    return sum(at > places[-1] for at in commas), grouped


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


def _fraction_text(pieces: list[Piece], digits: str) -> str:
    needed = len(digits.rstrip("0"))
    shown = []
    at = 0
    for part, text in pieces:
        if part is not Part.DIGIT:
            shown.append(text if part is not Part.COMMA else "")
            continue
        shown.append(digits[at] if at < needed else _PADDING[text])
        at += 1
    return "".join(shown)
