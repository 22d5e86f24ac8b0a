"""What a column of a file can be beside a field of its own: a part of one, or a word about it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.utils.functional import Promise

from accounts.columns import COLUMNS, USER_NAME
from customers.said import gettext, gettext_lazy

from ..headings import bare

# Where each column stands in a file: several may be of one.
Places = Mapping[str, tuple[int, ...]]
LOCAL_PART = "local_part"
DOMAIN = "domain"
BLOCKED = "blocked"
ENABLED = "enabled"
PASSWORD = "password"  # noqa: S105 - the name of a column

PARTS: dict[str, Promise] = {
    LOCAL_PART: gettext_lazy("User Name: the part before the @"),
    DOMAIN: gettext_lazy("User Name: the domain"),
    BLOCKED: gettext_lazy("Sign-in is blocked"),
    ENABLED: gettext_lazy("Sign-in is allowed"),
    PASSWORD: gettext_lazy("Password (not read)"),
}
_HEADINGS = {
    bare(heading): part
    for part, headings in {
        LOCAL_PART: ("mailNickname", "Mail alias", "Local part"),
        DOMAIN: ("Domain", "Domain name", "Domäne", "Domaine", "Dominio", "Domein", "Domínio"),
        BLOCKED: (
            "Block credential",
            "Block sign in (Yes/No) [accountEnabled] Required",
            "Block sign in",
            "Sign-in blocked",
        ),
        ENABLED: ("accountEnabled",),
    }.items()
    for heading in headings
}
_YES = {
    *("true", "yes", "y", "1", "x", "on", "wahr", "ja", "vrai", "oui", "verdadero", "si", "vero"),
    *("waar", "verdadeiro", "sim", "prawda", "tak", "sant", "sand", "blocked"),
}
_NO = {
    *("false", "no", "n", "0", "off", "falsch", "nein", "faux", "non", "falso", "onwaar", "nee"),
    *("nao", "falsz", "nie", "nej", "nei", "falskt", "falsk"),
    *("blocked", "disabled", "suspended", "deactivated", "deprovisioned", "inactive", "archived"),
}


def part_of(heading: str) -> str:
    """Return the part that a heading stands for, "" where none is known."""
    return _HEADINGS.get(bare(heading), "")


def says_blocked(column: str, cell: str) -> bool:
    """Whether a cell of BLOCKED or ENABLED says that its user can't sign in."""
    return bare(cell) in (_YES if column == BLOCKED else _NO)


def joined_user_name(text: str, domain: str) -> str:
    """Return a user name whose domain may stand in a column of its own."""
    domain = domain.strip().removeprefix("@")
    return f"{text}@{domain}" if text and domain and "@" not in text else text


def label_of(column: str) -> str:
    """Return what the pages call a column, or the field that it is read into; "" for none."""
    if column in PARTS:
        return str(PARTS[column])
    known = COLUMNS.get(column) or COLUMNS.get(f"{column}__code")
    return gettext(known.heading) if known else ""


def column_of_field(name: str) -> str:
    """Return the column that is read into a field: of a country, the export names the code."""
    return f"{name}__code" if f"{name}__code" in COLUMNS else name


def field_of(column: str) -> str:
    """Return the field that a column is read into."""
    return column.removesuffix("__code")


@lru_cache(maxsize=64)
def places_of(columns: tuple[str, ...]) -> Places:
    """Return where each column stands in a file, in its order; "" is ignored.

    Of a file once: its rows ask one after another.
    """
    places: dict[str, tuple[int, ...]] = {}
    for at, name in enumerate(columns):
        if name:
            places[name] = (*places.get(name, ()), at)
    return places


def filled_place(places: Sequence[int], cells: Sequence[str]) -> int | None:
    """Return the first of the places whose cell is not empty: the one that is read."""
    for at in places:
        if at < len(cells) and cells[at] and not cells[at].isspace():
            return at
    return None


def text_read(places: Places, cells: Sequence[str], column: str) -> str:
    """Return the cell of a row that is read for a column, "" where all of them are empty."""
    at = filled_place(places.get(column, ()), cells)
    return "" if at is None else cells[at]


def user_name_read(places: Places, cells: Sequence[str]) -> str:
    """Return the user name of a row, of one cell or joined of two."""
    text = text_read(places, cells, USER_NAME) or text_read(places, cells, LOCAL_PART).strip()
    return joined_user_name(text, text_read(places, cells, DOMAIN))


def read_places(columns: Sequence[str], cells: Sequence[str]) -> Mapping[str, int]:
    """Return by column the place of the cell that is read; of an empty one the first of its places.

    A user name that is joined of two is that of its first part.
    """
    all_places = places_of(tuple(columns))
    filled = {name: filled_place(places, cells) for name, places in all_places.items()}
    read = {name: all_places[name][0] if at is None else at for name, at in filled.items()}
    if LOCAL_PART in read and filled.get(USER_NAME) is None:
        read[USER_NAME] = read[LOCAL_PART]
    return read
