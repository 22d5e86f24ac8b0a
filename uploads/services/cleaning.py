"""The cells of a row, made into what they say of a person."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.names import LOCAL_PART_LENGTH, check_local_part, fold
from accounts.resources import CustomerUserResource
from customers.invisible import visible
from customers.models import DOMAIN_LENGTH

from .entries import PERMISSIONS, SERVICES_OFF, SUBSCRIPTIONS, USER_NAME, Licenses, ReadRow
from .vocabulary import read_roles, read_services_off, read_subscriptions
from .world import World

Value = TypeVar("Value")
# What many rows say alike is read once; a file of nothing but odd values must not fill the memory.
REMEMBERED = 10_000
_APART = {USER_NAME, PERMISSIONS, SUBSCRIPTIONS, SERVICES_OFF}


class Cleaner:
    """Rows of a file with these columns, by place in the row; "" is a column that is ignored."""

    def __init__(self, columns: Sequence[str], world: World) -> None:
        self.world = world
        cleaners = CustomerUserResource(world.customer).cleaners()
        self.width = len(columns)
        self.places = {name: at for at, name in enumerate(columns) if name}
        self.details = [
            (at, name, cleaners[name])
            for name, at in self.places.items()
            if name in cleaners and name not in _APART
        ]
        self._known: dict[tuple[str, Any], Any] = {}

    def entry(self, number: int, cells: Sequence[str], *, default: Licenses) -> ReadRow:
        """`default` are the licenses of a row that names none."""
        entry = ReadRow(number)
        if len(cells) > self.width:
            entry.wrong("", _("There is a value to the right of the last heading. Move it."))
        self._read_user_name(entry, self._cell(cells, USER_NAME))
        for at, name, clean in self.details:
            if at < len(cells) and (cell := cells[at]):
                self._read_detail(entry, name, cell, clean)
        self._read_permissions(entry, self._cell(cells, PERMISSIONS))
        self._read_licenses(entry, cells, default)
        return entry

    def _cell(self, cells: Sequence[str], column: str) -> str:
        at = self.places.get(column)
        return cells[at] if at is not None and at < len(cells) else ""

    def _read_detail(
        self, entry: ReadRow, name: str, cell: str, clean: Callable[[str], str]
    ) -> None:
        # A cell that came through unchanged before has nothing invisible in it.
        if isinstance(known := self._known.get((name, cell)), str):
            entry.values[name] = known
            return
        text, removed = visible(cell)
        if removed:
            names = _("Invisible characters were left out: %(names)s.")
            entry.note(name, names % {"names": ", ".join(removed)})
        if not text:
            return
        try:
            value = self._once(name, text, clean)
        except ValueError as error:
            entry.wrong(name, str(error), getattr(error, "suggestion", ""))
        else:
            entry.values[name] = value

    def _once(self, kind: str, text: Any, read: Callable[[Any], Value]) -> Value:
        """What was read of the same text before; errors too."""
        key = (kind, text)
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
            raise found
        return found

    def _read_user_name(self, entry: ReadRow, cell: str) -> None:
        name = unicodedata.normalize("NFKC", cell).strip()
        entry.user_name = name
        if not name:
            entry.wrong(USER_NAME, _("The user name is missing."))
            return
        if hidden := visible(name)[1]:
            text = _("An invisible character, %(char)s, can't be in a user name.")
            entry.wrong(USER_NAME, text % {"char": hidden[0]}, visible(name)[0])
            return
        local, at, domain = name.rpartition("@")
        if not at:
            primary = self.world.primary.name
            text = _("Write the whole user name, with the @ and the domain.")
            entry.wrong(USER_NAME, text, f"{name}@{primary}" if _legal(name) else "")
            return
        self._read_local_part(entry, local, domain)
        self._read_domain(entry, local, domain.lower())
        if not entry.problems or all(p.column != USER_NAME for p in entry.problems):
            entry.key = name.casefold()

    def _read_local_part(self, entry: ReadRow, local: str, domain: str) -> None:
        try:
            check_local_part(local)
        except ValidationError as error:
            plain = ".".join(filter(None, fold(local).replace(" ", ".").split(".")))
            # With a domain that the customer has: what is taken from here must be right.
            near = domain if domain.lower() in self.world.domains else self._nearest(domain)
            suggestion = f"{plain}@{near}" if near and _legal(plain) else ""
            entry.wrong(USER_NAME, " ".join(error.messages), suggestion)

    def _nearest(self, domain: str) -> str:
        return self.world.nearest_domain(domain.lower()[: 2 * DOMAIN_LENGTH])

    def _read_domain(self, entry: ReadRow, local: str, domain: str) -> None:
        entry.domain = self.world.domains.get(domain)
        if entry.domain is not None:
            return
        near = self._nearest(domain)
        text = _("%(domain)s is not a domain of this customer. Its domains: %(all)s.")
        entry.wrong(
            USER_NAME,
            text % {"domain": domain[: 2 * DOMAIN_LENGTH], "all": ", ".join(self.world.domains)},
            f"{local}@{near}" if near and _legal(local) else "",
        )

    def _read_permissions(self, entry: ReadRow, cell: str) -> None:
        if not cell.strip():
            return
        try:
            entry.roles = self._once(PERMISSIONS, cell, read_roles)
        except ValueError as error:
            entry.wrong(PERMISSIONS, str(error), getattr(error, "suggestion", ""))

    def _read_licenses(self, entry: ReadRow, cells: Sequence[str], default: Licenses) -> None:
        named = self._cell(cells, SUBSCRIPTIONS)
        off = self._cell(cells, SERVICES_OFF)
        try:
            if named.strip():
                entry.licenses = self._once(
                    SUBSCRIPTIONS, named, lambda cell: read_subscriptions(cell, self.world)
                )
        except ValueError as error:
            entry.wrong(SUBSCRIPTIONS, str(error), getattr(error, "suggestion", ""))
            return
        if not off.strip():
            return
        wanted = default if entry.licenses is None else entry.licenses
        key = (off, tuple(sorted(wanted)))
        try:
            switched = self._once(
                SERVICES_OFF, key, lambda key: read_services_off(key[0], key[1], self.world)
            )
        except ValueError as error:
            entry.wrong(SERVICES_OFF, str(error), getattr(error, "suggestion", ""))
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
