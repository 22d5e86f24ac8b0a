"""The cells of a row, made into what they say of a user."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.names import LOCAL_PART_LENGTH, check_local_part, legal_local_part
from accounts.resources import CustomerUserResource
from customers.invisible import visible
from customers.models import DOMAIN_LENGTH

from ..columns.parts import BLOCKED, DOMAIN, ENABLED, LOCAL_PART, places_of, says_blocked
from ..spreadsheets import flaw_of
from .entries import PERMISSIONS, SERVICES_OFF, SUBSCRIPTIONS, USER_NAME, Licenses, ReadRow
from .flaws import is_lost
from .mojibake import note_garbled
from .vocabulary import read_roles, read_services_off, read_subscriptions
from .world import World

Value = TypeVar("Value")
# What many rows say alike is read once; a file of nothing but odd values must not fill the memory.
REMEMBERED = 10_000
_APART = {USER_NAME, PERMISSIONS, SUBSCRIPTIONS, SERVICES_OFF}


class Cleaner:
    """The reading of a file's rows, whose columns are given by place; "" is ignored."""

    def __init__(self, columns: Sequence[str], world: World) -> None:
        self.world = world
        cleaners = CustomerUserResource(world.customer).cleaners()
        self.width = len(columns)
        self.places = places_of(columns)
        self.details = [
            (name, cleaners[name])
            for name in self.places
            if name in cleaners and name not in _APART
        ]
        self._known: dict[tuple[str, Any], Any] = {}

    def entry(self, number: int, cells: Sequence[str], *, default: Licenses) -> ReadRow:
        """Return what the cells say; `default` are the licenses of a row that names none."""
        entry = ReadRow(number)
        if len(cells) > self.width:
            entry.wrong("", _("There is a value to the right of the last heading. Move it."))
        self._read_user_name(entry, cells)
        self._read_details(entry, cells)
        cell = self._cell(cells, PERMISSIONS)
        if cell.strip() and not is_lost(entry, PERMISSIONS, cell):
            entry.roles = self._once(entry, PERMISSIONS, cell, read_roles)
        self._read_licenses(entry, cells, default)
        for column in (BLOCKED, ENABLED):
            if column in self.places and says_blocked(column, self._cell(cells, column)):
                entry.blocked_by = column
        return entry

    def _cell(self, cells: Sequence[str], column: str) -> str:
        """Return the first cell of this column that is not empty."""
        for at in self.places.get(column, ()):
            if at < len(cells) and cells[at].strip():
                return cells[at]
        return ""

    def _once(
        self, entry: ReadRow, column: str, text: Any, read: Callable[[Any], Value]
    ) -> Value | None:
        """Return what was read of the same text before; None, and a problem, where it is wrong."""
        key = (column, text)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            try:
                found = read(text)
            except ValueError as error:
                found = error
            self._known[key] = found
        if isinstance(found, ValueError):
            entry.wrong(column, str(found), getattr(found, "suggestion", ""))
            return None
        return found

    def _read_details(self, entry: ReadRow, cells: Sequence[str]) -> None:
        for name, clean in self.details:
            if not (cell := self._cell(cells, name)):
                continue
            # A cell that came through unchanged before has nothing invisible in it.
            if isinstance(known := self._known.get((name, cell)), str):
                entry.values[name] = known
                continue
            if flaw_of(cell) or note_garbled(entry, name, cell):
                text = "" if is_lost(entry, name, cell) else visible(cell)[0]
                if text and (value := self._once(entry, name, text, clean)) is not None:
                    entry.values[name] = value
                # Each row is told of its own flaw.
                self._known.pop((name, text), None)
                continue
            text, removed = visible(cell)
            if removed:
                names = _("Invisible characters were left out: %(names)s.")
                entry.note(name, names % {"names": ", ".join(removed)})
            if text and (value := self._once(entry, name, text, clean)) is not None:
                entry.values[name] = value

    def _read_user_name(self, entry: ReadRow, cells: Sequence[str]) -> None:
        """Read the user name, of one cell or joined of two."""
        cell = self._cell(cells, USER_NAME) or self._cell(cells, LOCAL_PART).strip()
        domain_part = self._cell(cells, DOMAIN).strip().removeprefix("@")
        if cell and domain_part and "@" not in cell:
            cell = f"{cell}@{domain_part}"
        name = unicodedata.normalize("NFKC", cell).strip()
        entry.user_name = name
        if not name:
            entry.wrong(USER_NAME, _("The user name is missing."))
            return
        if is_lost(entry, USER_NAME, name):
            return
        plain, hidden = visible(name)
        if hidden:
            text = _("An invisible character, %(char)s, can't be in a user name.")
            entry.wrong(USER_NAME, text % {"char": hidden[0]}, plain)
            return
        local, at, domain = name.rpartition("@")
        if not at:
            primary = self.world.primary.name
            text = _("Write the whole user name, with the @ and the domain.")
            entry.wrong(USER_NAME, text, f"{name}@{primary}" if _legal(name) else "")
            return
        self._check_parts(entry, local, domain)
        if not entry.is_wrong(USER_NAME):
            entry.key = name.casefold()

    def _check_parts(self, entry: ReadRow, local: str, domain: str) -> None:
        """Find the domain; say what is wrong before and behind the @, and what would be right."""
        named = domain.lower()[: 2 * DOMAIN_LENGTH]
        entry.domain = self.world.domains.get(named)
        # With a domain that the customer has: what is taken from here must be right.
        near = self.world.nearest_domain(named) if entry.domain is None else domain
        try:
            check_local_part(local)
        except ValidationError as error:
            plain = legal_local_part(local, self.world.customer.country.code)
            suggestion = f"{plain}@{near}" if near and _legal(plain) else ""
            entry.wrong(USER_NAME, " ".join(error.messages), suggestion)
        if entry.domain is None:
            text = _("%(domain)s is not a domain of this customer. Its domains: %(all)s.")
            facts = {"domain": named, "all": ", ".join(self.world.domains)}
            suggestion = f"{local}@{near}" if near and _legal(local) else ""
            entry.wrong(USER_NAME, text % facts, suggestion)

    def _read_licenses(self, entry: ReadRow, cells: Sequence[str], default: Licenses) -> None:
        if (named := self._cell(cells, SUBSCRIPTIONS)).strip():
            if is_lost(entry, SUBSCRIPTIONS, named):
                return
            entry.licenses = self._once(
                entry, SUBSCRIPTIONS, named, lambda cell: read_subscriptions(cell, self.world)
            )
            if entry.licenses is None:
                return
        off = self._cell(cells, SERVICES_OFF)
        if not off.strip() or is_lost(entry, SERVICES_OFF, off):
            return
        wanted = default if entry.licenses is None else entry.licenses
        key = (off, tuple(sorted(wanted)))
        switched = self._once(
            entry, SERVICES_OFF, key, lambda key: read_services_off(key[0], key[1], self.world)
        )
        if switched is None:
            return
        switched = {pk: switched.get(pk, codes) for pk, codes in wanted.items()}
        if entry.licenses is None:
            entry.default = switched
        else:
            entry.licenses = switched


def _legal(local: str) -> bool:
    if not local or len(local) > LOCAL_PART_LENGTH:
        return False
    try:
        check_local_part(local)
    except ValidationError:
        return False
    return True
