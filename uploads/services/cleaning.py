"""The cells of a row, made into what they say of a user."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.names import (
    LOCAL_PART_LENGTH,
    check_local_part,
    legal_local_part,
    suggest_local_part,
    typed_user_name,
)
from accounts.resources import CustomerUserResource
from accounts.widgets import Suggested
from customers.invisible import visible
from customers.models import DOMAIN_LENGTH

from ..columns.parts import (
    BLOCKED,
    DOMAIN,
    ENABLED,
    LOCAL_PART,
    joined_user_name,
    places_of,
    says_blocked,
)
from ..spreadsheets import flaw_of
from .cells.flaws import is_lost
from .cells.mojibake import note_garbled
from .entries import PERMISSIONS, SERVICES_OFF, SUBSCRIPTIONS, USER_NAME, Licenses, ReadRow
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
            entry.wrong(
                "", _("There is a value to the right of the last heading. Move it."), cause="beyond"
            )
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
                found = self._checked(error, text, read)
            self._known[key] = found
        if isinstance(found, ValueError):
            entry.wrong(
                column,
                str(found),
                getattr(found, "suggestion", ""),
                cause=getattr(found, "cause", ""),
            )
            return None
        return found

    def _checked(self, error: ValueError, text: Any, read: Callable[[Any], Value]) -> ValueError:
        """Return the error without a suggestion that its own rule would refuse."""
        suggestion = getattr(error, "suggestion", "")
        if suggestion:
            try:
                read(suggestion if isinstance(text, str) else (suggestion, *text[1:]))
            except ValueError:
                return Suggested(str(error), "", cause=getattr(error, "cause", ""))
        return error

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
        cell = joined_user_name(cell, self._cell(cells, DOMAIN))
        name = unicodedata.normalize("NFKC", cell).strip()
        entry.user_name = name
        if not name:
            text = _("The user name is missing.")
            entry.wrong(USER_NAME, text, self._made_of_names(cells), cause="missing")
        elif not is_lost(entry, USER_NAME, name):
            self._check_name(entry, name)
            if entry.is_wrong(USER_NAME):
                self._suggest_name(entry, name, cells)
            else:
                entry.key = name.casefold()

    def _check_name(self, entry: ReadRow, name: str) -> None:
        hidden = visible(name)[1]
        if hidden:
            text = _("An invisible character, %(char)s, can't be in a user name.")
            entry.wrong(USER_NAME, text % {"char": hidden[0]}, cause="invisible")
        elif "@" not in name:
            text = _("Write the whole user name, with the @ and the domain.")
            if name.lower().endswith(tuple(self.world.domains)):
                entry.wrong(USER_NAME, text, cause="missing")
                return
            plain = legal_local_part(name, self.world.customer.country.code)
            cause = "no-domain" if _legal(name) else "characters"
            entry.wrong(USER_NAME, text, f"{plain}@{self.world.primary.name}", cause=cause)
        else:
            self._check_parts(entry, *name.rpartition("@")[::2])

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
            entry.wrong(USER_NAME, " ".join(error.messages), f"{plain}@{near}", cause="characters")
        if entry.domain is None:
            text = _("%(domain)s is not a domain of this customer. Its domains: %(all)s.")
            facts = {"domain": named, "all": ", ".join(self.world.domains)}
            entry.wrong(USER_NAME, text % facts, f"{local}@{near}", cause="unknown-domain")

    def _suggest_name(self, entry: ReadRow, name: str, cells: Sequence[str]) -> None:
        """Put on the problems of a user name one that is right: pasted, spelled, or of names."""
        typed, probe = typed_user_name(name), ReadRow(entry.number)
        self._check_name(probe, typed)
        offered = [each.suggestion for each in probe.problems] or [typed]
        if "@" not in typed or probe.domain is not None:
            offered.append(self._made_of_names(cells))
        meant = next(filter(self._is_right, offered), "")
        pasted = {} if probe.problems else {"cause": "pasted"}
        if pasted and sum(each.column == USER_NAME for each in entry.problems) > 1:
            # Both halves are wrong for one reason.
            entry.problems[:] = [each for each in entry.problems if each.column != USER_NAME]
            entry.wrong(USER_NAME, _("Leave only the user name in this cell: name@domain."))
        entry.problems[:] = [
            replace(each, suggestion=meant, **pasted) if each.column == USER_NAME else each
            for each in entry.problems
        ]

    def _is_right(self, name: str) -> bool:
        probe = ReadRow(0)
        if name:
            self._check_name(probe, name)
        return bool(name) and not probe.problems

    def _made_of_names(self, cells: Sequence[str]) -> str:
        names = [visible(self._cell(cells, name))[0] for name in ("first_name", "last_name")]
        if not any(names):
            shown = visible(self._cell(cells, "display_name"))[0]
            names = list(shown.partition(" ")[::2])
        local = suggest_local_part(names[0], names[1], self.world.customer.country.code)
        return f"{local}@{self.world.primary.name}" if local else ""

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
