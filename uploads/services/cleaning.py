"""The cells of a row, made into what they say of a user."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.text import Truncator

from accounts.columns import USER_NAME
from accounts.names import (
    check_local_part,
    legal_local_part,
    suggest_local_part,
    typed_user_name,
)
from accounts.resources import CustomerUserResource
from accounts.widgets import Suggested
from customers.invisible import visible
from customers.models import DOMAIN_LENGTH
from customers.said import day as written_day
from customers.said import gettext as _
from customers.said import joined

from ..columns.parts import (
    BLOCKED,
    ENABLED,
    places_of,
    says_blocked,
    text_read,
    user_name_read,
)
from ..spreadsheets import flaw_of, kept_text
from .cells.days import check_ahead, read_day
from .cells.lost_values import note_flaw
from .cells.mojibake import lacks_letter, note_garbled, repaired
from .entries import (
    APART,
    PERMISSIONS,
    SERVICES_OFF,
    STARTS_ON,
    SUBSCRIPTIONS,
    Licenses,
    Problem,
    ReadRow,
)
from .vocabulary import read_roles, read_services_off, read_subscriptions
from .world import World

Value = TypeVar("Value")
# What many rows say alike is read once; a file of nothing but odd values must not fill the memory.
REMEMBERED = 10_000


class Cleaner:
    """The reading of a file's rows, whose columns are given by place; "" is ignored."""

    def __init__(self, columns: Sequence[str], world: World) -> None:
        self.world = world
        cleaners = CustomerUserResource(world.customer).cleaners()
        self.width = len(columns)
        self.places = places_of(tuple(columns))
        self.details = [
            (name, cleaners[name]) for name in self.places if name in cleaners and name not in APART
        ]
        self._known: dict[tuple[str, Any], Any] = {}

    def entry(self, number: int, cells: Sequence[str], *, default: Licenses) -> ReadRow:
        """Return what the cells say; `default` are the licenses of a row that names none."""
        entry = ReadRow(number)
        self._read_user_name(entry, cells)
        self._read_details(entry, cells)
        cell = text_read(self.places, cells, PERMISSIONS)
        if cell.strip() and not note_flaw(entry, PERMISSIONS, cell):
            entry.roles = self._once(entry, PERMISSIONS, cell, read_roles)
        self._read_licenses(entry, cells, default)
        self._read_start(entry, cells)
        for column in (BLOCKED, ENABLED):
            if column in self.places and says_blocked(
                column, text_read(self.places, cells, column)
            ):
                entry.blocked_by = column
        if len(cells) > self.width:
            # Of a row whose cells have moved nobody knows what they were meant to be.
            for told in (entry.problems, entry.notices):
                told[:] = [replace(each, suggestion="") for each in told]
            text = _(
                "“%(value)s” has no heading above it: a comma may stand where none belongs."
                " Correct the row here or in the file; Check again leaves this value out."
            )
            facts = {"value": Truncator(" ".join(cells[self.width :])).chars(40)}
            entry.problems.insert(0, Problem("", text % facts, cause="beyond"))
        return entry

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
        better = suggestion if isinstance(text, str) else (suggestion, *text[1:])
        if suggestion and not _fits(read, better):
            return Suggested(str(error), "", cause=getattr(error, "cause", ""))
        return error

    def _read_details(self, entry: ReadRow, cells: Sequence[str]) -> None:
        for name, clean in self.details:
            if not (cell := text_read(self.places, cells, name)):
                continue
            # A cell that came through unchanged before has nothing invisible in it.
            if isinstance(known := self._known.get((name, cell)), str):
                entry.values[name] = known
                continue
            meant = kept_text(cell)
            garbled = partial(note_garbled, entry, name, cell, fits=partial(_fits, clean))
            if meant != cell or flaw_of(cell) or garbled():
                text = "" if note_flaw(entry, name, cell) else visible(meant)[0]
                if text and (value := self._once(entry, name, text, clean)) is not None:
                    entry.values[name] = value
                # Each row is told of its own flaw.
                self._known.pop((name, text), None)
                continue
            text, removed = visible(cell)
            if removed:
                names = _("Invisible characters were removed: %(names)s.")
                entry.note(name, names % {"names": ", ".join(removed)})
            if text and (value := self._once(entry, name, text, clean)) is not None:
                entry.values[name] = value

    def _read_user_name(self, entry: ReadRow, cells: Sequence[str]) -> None:
        """Read the user name, of one cell or joined of two."""
        name = unicodedata.normalize("NFKC", user_name_read(self.places, cells)).strip()
        entry.user_name = name
        if not name:
            text = _("The user name is missing.")
            entry.wrong(USER_NAME, text, self._made_of_names(cells), cause="missing")
        elif not note_flaw(entry, USER_NAME, name):
            self._check_name(entry, name)
            if entry.is_wrong(USER_NAME):
                self._suggest_name(entry, name, cells)
            else:
                entry.key = name.casefold()

    def _check_name(self, entry: ReadRow, name: str) -> None:
        """Find the domain; say what is wrong before and behind the @, and what would be right."""
        hidden = visible(name)[1]
        if hidden:
            text = _("An invisible character, %(char)s, can't be in a user name.")
            entry.wrong(USER_NAME, text % {"char": hidden[0]}, cause="invisible")
            return
        if "@" not in name:
            text = _("Enter the whole user name, with the @ and the domain.")
            if name.lower().endswith(tuple(self.world.domains)):
                entry.wrong(USER_NAME, text, cause="no-at")
                return
            plain = legal_local_part(name, self.world.customer.country.code)
            cause = "no-domain"
            try:
                check_local_part(name)
            except ValidationError:
                cause = "characters"
            entry.wrong(USER_NAME, text, f"{plain}@{self.world.primary.name}", cause=cause)
            return
        local, _at, domain = name.rpartition("@")
        named = domain.lower()[: 2 * DOMAIN_LENGTH]
        entry.domain = self.world.domains.get(named)
        # With a domain that the customer has: what is taken from here must be right.
        near = self.world.nearest_domain(named) if entry.domain is None else domain
        try:
            check_local_part(local)
        except ValidationError as error:
            plain = legal_local_part(local, self.world.customer.country.code)
            entry.wrong(USER_NAME, joined(error.messages), f"{plain}@{near}", cause="characters")
        if entry.domain is None:
            text = _("%(domain)s is not a domain of this customer. Its domains: %(all)s.")
            facts = {"domain": named, "all": ", ".join(self.world.domains)}
            entry.wrong(USER_NAME, text % facts, f"{local}@{near}", cause="unknown-domain")

    def _suggest_name(self, entry: ReadRow, name: str, cells: Sequence[str]) -> None:
        """Put on the problems of a user name one that is right: pasted, spelled, or of names."""
        typed, probe = typed_user_name(repaired(name) or name), ReadRow(entry.number)
        self._check_name(probe, typed)
        offered = [each.suggestion for each in probe.problems] or [typed]
        if lacks_letter(typed):
            offered = [self._made_of_names(cells)]
        elif "@" not in typed or probe.domain is not None:
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
        """Return a user name of the names in other cells; "" where they lack letters themselves."""
        found = [
            text_read(self.places, cells, name)
            for name in ("first_name", "last_name", "display_name")
        ]
        first, last, shown = (visible(repaired(cell) or cell)[0] for cell in found)
        names = [first, last] if first or last else list(shown.partition(" ")[::2])
        if lacks_letter(" ".join(names)):
            return ""
        local = suggest_local_part(names[0], names[1], self.world.customer.country.code)
        return f"{local}@{self.world.primary.name}" if local else ""

    def _read_licenses(self, entry: ReadRow, cells: Sequence[str], default: Licenses) -> None:
        if (named := text_read(self.places, cells, SUBSCRIPTIONS)).strip():
            if note_flaw(entry, SUBSCRIPTIONS, named):
                return
            entry.licenses = self._once(
                entry, SUBSCRIPTIONS, named, lambda cell: read_subscriptions(cell, self.world)
            )
            if entry.licenses is None:
                return
        off = text_read(self.places, cells, SERVICES_OFF)
        if not off.strip() or note_flaw(entry, SERVICES_OFF, off):
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

    def _read_start(self, entry: ReadRow, cells: Sequence[str]) -> None:
        """Read the first day; one that has come says nothing."""
        cell = text_read(self.places, cells, STARTS_ON)
        if not cell.strip() or note_flaw(entry, STARTS_ON, cell):
            return

        def read(text: str) -> date:
            day = read_day(visible(text)[0], self.world.customer.country.code)
            check_ahead(day, self.world.today)
            return day

        day = self._once(entry, STARTS_ON, cell, read)
        if day is None:
            return
        if day > self.world.today:
            entry.starts_on = day
            text = _("Starts on %(date)s.") % {"date": written_day(day)}
        else:
            text = _("This date has come: the user can sign in from now on.")
        entry.note(STARTS_ON, text)


def _fits(read: Callable[[Any], Any], value: Any) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True
