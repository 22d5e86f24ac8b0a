"""A date or a time as its format shows it, and as 2026-01-31 where that can't be known."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .patterns import Part, Piece, Section

# In the year 9999, counted from 1900 or from 1904.
LAST_DAY = 2_957_003
_DAY_SECONDS = 86_400
_MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_NOON = 12


class Moment(NamedTuple):
    """`days` and `seconds` count from the beginning; `day` is None for a time alone."""

    days: int
    seconds: Decimal
    day: date | None


def moment_of(number: Decimal, places: int, *, from_1904: bool) -> Moment:
    """Return a moment whose seconds are rounded to so many places."""
    rounded = round(number * _DAY_SECONDS, places)
    days, seconds = divmod(rounded, _DAY_SECONDS)
    if days == 0 and not from_1904:
        return Moment(0, Decimal(seconds), None)
    if from_1904:
        beginning = date(1904, 1, 1)
    else:
        # For Excel 1900 was a leap year.
        beginning = date(1899, 12, 31) if days < 60 else date(1899, 12, 30)
    return Moment(int(days), Decimal(seconds), beginning + timedelta(days=int(days)))


def iso_text(number: Decimal, *, from_1904: bool) -> str:
    """Return a moment as everybody reads it alike: 2026-01-31, 2026-01-31T08:30:00, 08:30:00."""
    days, seconds, day = moment_of(number, 0, from_1904=from_1904)
    whole = int(seconds)
    clock = f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    if days == 0 or day is None:
        return clock
    return f"{day.isoformat()}T{clock}" if whole else day.isoformat()


def moment_text(section: Section, number: Decimal, *, from_1904: bool) -> str:
    """Return a moment as this section of a format shows it."""
    shown = _with_minutes(section.pieces)
    parts = [part for part, _text in shown]
    # A fraction of seconds, behind the point.
    point = parts.index(Part.POINT) if Part.POINT in parts else len(parts)
    places = parts[point:].count(Part.DIGIT)
    moment = moment_of(number, places, from_1904=from_1904)
    has_date = any(part is Part.MOMENT and text[0] in "ymd" for part, text in shown)
    if section.is_local or (moment.day is None and has_date):
        return iso_text(number, from_1904=from_1904)
    halves = section.has(Part.NOON)
    texts, in_fraction = [], False
    for part, text in shown:
        if part is Part.POINT and places:
            in_fraction = True
            fraction = f"{moment.seconds % 1:.{places}f}"
            texts.append(fraction[1:])
        elif part is Part.DIGIT:
            texts.append("" if in_fraction else text)
        elif part in (Part.MOMENT, Part.ELAPSED, Part.NOON):
            texts.append(_unit_text(part, text, moment, halves=halves))
        else:
            texts.append(text)
    return "".join(texts)


def _with_minutes(pieces: list[Piece]) -> list[Piece]:
    """Write n for an m that means minutes: one after hours, or before seconds."""
    shown = [(part, text.lower() if part is Part.MOMENT else text) for part, text in pieces]
    units = [at for at, (part, _text) in enumerate(shown) if part in (Part.MOMENT, Part.ELAPSED)]
    for place, at in enumerate(units):
        part, text = shown[at]
        before = shown[units[place - 1]][1] if place else ""
        after = shown[units[place + 1]][1] if place + 1 < len(units) else ""
        is_minutes = before.startswith("h") or after.startswith("s")
        if is_minutes and part is Part.MOMENT and text in {"m", "mm"}:
            shown[at] = (part, "n" * len(text))
    return shown


def _unit_text(part: Part, text: str, moment: Moment, *, halves: bool) -> str:
    whole = int(moment.seconds)
    if part is Part.ELAPSED:
        total = moment.days * _DAY_SECONDS + whole
        return str(total // {"h": 3600, "m": 60, "s": 1}[text[0]]).zfill(len(text))
    hour = whole // 3600
    if part is Part.NOON:
        half = "AM" if hour < _NOON else "PM"
        return half if len(text) > len("A/P") else half[0]
    if text[0] in "hns":
        unit = {"h": (hour % _NOON or _NOON) if halves else hour, "n": whole // 60 % 60}
        return str(unit.get(text[0], whole % 60)).zfill(min(len(text), 2))
    day = moment.day or date.min
    month, weekday = _MONTHS[day.month - 1], _DAYS[day.weekday()]
    shown = {
        "y": f"{day.year % 100:02}" if len(text) <= 2 else f"{day.year:04}",
        "m": str(day.month).zfill(len(text)) if len(text) <= 2 else month,
        "d": str(day.day).zfill(len(text)) if len(text) <= 2 else weekday,
    }.get(text[0], "")
    # mmm and ddd are short names, mmmmm the first letter.
    if text == "mmmmm":
        return shown[0]
    return shown[:3] if text in {"mmm", "ddd"} else shown
