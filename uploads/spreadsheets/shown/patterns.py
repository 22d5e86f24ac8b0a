"""The number formats of a workbook, taken apart: 00\\-000, [<=9999999]###\\-####, dd.mm.yyyy."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto

_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | _(?P<width>.) | \*(?P<filler>.)
    | \[(?P<bracket>[^\]]*)\] | (?P<general>General) | (?P<noon>AM/PM|A/P) | (?P<power>E[+-])
    | (?P<moment>y+|m+|d+|h+|s+|e+|g+|b+) | (?P<digit>[0#?]) | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_LOCALE = re.compile(r"\$([^-]*)(?:-(.*))?", re.DOTALL)
# As en-US, or as a number whose last ten bits are 9, like 409.
_ENGLISH = re.compile(r"EN.*|(?:[0-9A-F]*[048C])?0?9(?:,.*)?")


class Part(Enum):
    """What a piece of a format stands for."""

    LITERAL = auto()
    DIGIT = auto()
    POINT = auto()
    COMMA = auto()
    PERCENT = auto()
    SLASH = auto()
    POWER = auto()
    MOMENT = auto()
    ELAPSED = auto()
    NOON = auto()
    GENERAL = auto()
    TEXT = auto()


Piece = tuple[Part, str]
_SIGNS = {
    ".": Part.POINT,
    ",": Part.COMMA,
    "%": Part.PERCENT,
    "/": Part.SLASH,
    "@": Part.TEXT,
}
_TIMELIKE = {Part.MOMENT, Part.ELAPSED, Part.NOON}


@dataclass(slots=True)
class Section:
    """One of up to four parts of a format, between semicolons."""

    pieces: list[Piece] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None
    # Dates that each computer shows in its own way, or in a language other than English.
    is_local: bool = False

    def has(self, *parts: Part) -> bool:
        return any(part in parts for part, _text in self.pieces)

    @property
    def is_moment(self) -> bool:
        return self.has(*_TIMELIKE)

    @property
    def shows_value(self) -> bool:
        """Whether there is a place for a number in it, other than as it is."""
        return self.has(Part.DIGIT, *_TIMELIKE) or (len(self.pieces) > 1 and self.has(Part.GENERAL))

    @property
    def is_as_stored(self) -> bool:
        """Whether what is shown would be less than what is stored: 4.92E+11, and 1/3."""
        if self.has(Part.POWER):
            return True
        parts = [part for part, _text in self.pieces]
        at = parts.index(Part.SLASH) if Part.SLASH in parts else 0
        return Part.DIGIT in parts[:at] and Part.DIGIT in parts[at:]


def sections_of(code: str) -> list[Section]:
    """Return the sections of a format as the workbook writes it."""
    sections = [Section()]
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            sections.append(Section())
        elif token["bracket"] is not None:
            _read_bracket(sections[-1], token["bracket"])
        else:
            sections[-1].pieces.append(_piece(token))
    for section in sections:
        if section.is_local and not any(
            text.lower()[:3] in {"mmm", "ddd", "sys"} or text.lower()[:1] in {"e", "g", "b"}
            for part, text in section.pieces
            if part is Part.MOMENT
        ):
            section.is_local = False
    return sections


def _piece(token: "re.Match[str]") -> Piece:
    for name, part in (
        ("general", Part.GENERAL),
        ("noon", Part.NOON),
        ("power", Part.POWER),
        ("moment", Part.MOMENT),
        ("digit", Part.DIGIT),
    ):
        if token[name] is not None:
            return (part, token[name])
    if token["width"] is not None:
        return (Part.LITERAL, " ")
    if token["filler"] is not None:
        return (Part.LITERAL, "")
    literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
    if literal is not None:
        return (Part.LITERAL, literal)
    return (_SIGNS.get(token["other"], Part.LITERAL), token["other"])


def _read_bracket(section: Section, inner: str) -> None:
    """A condition, an elapsed time, a currency or language; a color says nothing."""
    if condition := _CONDITION.fullmatch(inner.strip()):
        section.condition = (condition[1], Decimal(condition[2]))
    elif _ELAPSED.fullmatch(inner):
        section.pieces.append((Part.ELAPSED, inner.lower()))
    elif locale := _LOCALE.fullmatch(inner):
        if locale[1]:
            section.pieces.append((Part.LITERAL, locale[1]))
        tag = (locale[2] or "").upper()
        if tag in {"F800", "F400", "X-SYSDATE", "X-SYSTIME"}:
            section.is_local = True
            section.pieces.append((Part.MOMENT, "sys"))
        elif tag:
            section.is_local = not _ENGLISH.fullmatch(tag)
