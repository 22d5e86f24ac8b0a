"""Which of the first rows has the headings: the one of which most are known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.columns import USER_NAME

from ...headings import column_of
from ..flaws import flaw_of

# So many rows with a value are looked at.
LOOKED_AT = 20
_PREAMBLE = re.compile(r"version:v[\d.]+")
_REMARK = re.compile(r"\s*((#|//)\s*\w|sep=)", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*[^\s@]+@[^\s@]+\s*")
# What a row beneath the headings says of its columns, where it has no user.
_DESCRIBES = re.compile(
    r"\W*(required|mandatory|optional|read only|text|string|format|max|pflicht|obligat|facultati"
    r"|obbligator|facoltativ|verplicht|optioneel|opcional|wymagan|obrigat)",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3
# With fewer columns a row of one cell may be a heading as well as a title.
_SEVERAL = 3


@dataclass(frozen=True, slots=True)
class Head:
    """`at` is the place of the headings, of which `known` are known.

    Where none is, it is the first row that may have some, and `is_user` says that it is rather a
    user's.
    """

    at: int
    known: int
    is_user: bool


def find_head(rows: Sequence[Sequence[str]]) -> Head | None:
    """Return where the headings are among the first rows, which all have a value.

    None where all of them are remarks, like what Entra's bulk template has above its headings.
    """
    best, most, least = -1, 0, 1
    for at, cells in enumerate(rows[:LOOKED_AT]):
        if has_address(cells):
            # Below a user nothing is a heading; an address alone may be that of an office.
            if filled(cells) > 1:
                break
            least = 2
            continue
        known = len(known_columns(cells))
        if known > most and known >= least:
            best, most = at, known
    if best >= 0:
        return Head(best, most, is_user=False)
    at = _first_likely(rows[:LOOKED_AT])
    return None if at < 0 else Head(at, 0, is_user=has_address(rows[at]))


def _first_likely(rows: Sequence[Sequence[str]]) -> int:
    """Return the place of the first row that is no title, -1 where there is none."""
    several = any(
        filled(cells) >= _SEVERAL or (filled(cells) > 1 and has_address(cells)) for cells in rows
    )
    for at, cells in enumerate(rows):
        if has_address(cells):
            return at
        if not is_remark(cells) and (filled(cells) > 1 or not several):
            return at
    # A heading that begins with a sign is one all the same, if nothing else is there.
    return next((at for at, cells in enumerate(rows) if not is_preamble(cells)), -1)


def known_columns(cells: Sequence[str]) -> set[str]:
    """Return the columns that these cells would be headings of."""
    return {column for cell in cells if (column := column_of(cell))}


def has_address(cells: Sequence[str]) -> bool:
    return any("@" in cell and _ADDRESS.fullmatch(cell) for cell in cells)


def filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def filled_width(cells: Sequence[str]) -> int:
    """Return the number of cells up to the last one with a value."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return width


def is_preamble(cells: Sequence[str]) -> bool:
    """Whether these are the cells that Entra's bulk template has above its headings."""
    return bool(_PREAMBLE.fullmatch("".join(cells).strip()))


def is_remark(cells: Sequence[str]) -> bool:
    """Whether a row is addressed to a program or its reader: #TYPE, sep=, // and version:."""
    if is_preamble(cells):
        return True
    first = next((cell for cell in cells if cell.strip()), "")
    return bool(_REMARK.match(first)) and not flaw_of(first) and not known_columns(cells)


def is_second_heading(headings: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether a row just below has the headings again in another language, or describes them."""
    if has_address(cells):
        return False
    pairs = list(zip(headings, cells, strict=False))
    known = [column_of(heading) for heading in headings]
    alike = sum(
        1
        for (_heading, cell), column in zip(pairs, known, strict=False)
        if column and column_of(cell) == column
    )
    if alike and alike >= min(2, sum(map(bool, known))):
        return True
    for (_heading, cell), column in zip(pairs, known, strict=False):
        # A cell for a user name that can be none.
        is_long = len(cell.split()) >= _FEWEST_WORDS
        if column == USER_NAME and "@" not in cell and (is_long or _DESCRIBES.match(cell)):
            return True
    return False
