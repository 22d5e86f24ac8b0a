"""The roles that an upload gives and takes, as far as they are to be known before Confirm."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from customers.roles import CUSTOMER_ROLES, Capability, Role
from customers.services.permission import check_actor

from ..columns.parts import places_of
from ..models import RowOutcome, Upload, UploadRow
from .entries import PERMISSIONS
from .options import Options
from .tally import ACTS, UploadCounts
from .vocabulary import read_roles


def check_licenses(upload: Upload, actor: User) -> None:
    """Raise Refused where licenses would change by the hand of somebody who may not change them.

    Every role that adds users manages licenses as well; a token may do the one alone.
    """
    options, tally = Options.from_json(upload.options), UploadCounts.from_json(upload.counts)
    if options.licenses_existing or any(tally.seats.values()):
        check_actor(actor, Capability.MANAGE_LICENSES, customer=upload.customer)


def is_grave_to_confirm(upload: Upload) -> bool:
    """Return whether a row makes a Global administrator, brings one back, or takes a role away.

    Make a query for each of these ways.
    """
    options = Options.from_json(upload.options)
    rows = upload.rows.filter(outcome__in=ACTS)
    having = {"user__groups__name": Role.GLOBAL_ADMIN}
    if rows.filter(outcome=RowOutcome.RESTORE, **having).exists():
        return True
    added = rows.filter(outcome=RowOutcome.ADD)
    if Role.GLOBAL_ADMIN in _roles_of(added, upload, options.roles):
        return True
    if not options.existing.permissions:
        return False
    changed = rows.filter(outcome=RowOutcome.CHANGE)
    leading = changed.filter(user__groups__name__in=CUSTOMER_ROLES).order_by()
    for cell in _cells(upload):
        held: Iterable[Any] = leading.values_list(cell, "user__groups__name").distinct()
        for text, role in held:
            # An empty cell changes nothing; any other takes the roles that it leaves out.
            roles = _read(str(text or "").strip())
            if roles is not None and role not in roles:
                return True
    return Role.GLOBAL_ADMIN in _roles_of(changed.exclude(**having), upload, ())


def _cells(upload: Upload) -> list[str]:
    """Return where the cells with permissions are: of several, each may be the one that counts."""
    places = places_of(tuple(upload.reading.columns))
    return [f"cells__{at}" for at in places.get(PERMISSIONS, ())]


def _roles_of(rows: QuerySet[UploadRow], upload: Upload, usual: tuple[Role, ...]) -> set[Role]:
    """Return the roles that the cells name; an empty one stands for the `usual` ones."""
    places = _cells(upload)
    if not places:
        return set(usual) if rows.exists() else set()
    found: set[Role] = set()
    for place in places:
        cells: Iterable[Any] = rows.order_by().values_list(place)
        for (cell,) in cells.distinct():  # type: ignore[attr-defined]
            text = str(cell or "").strip()
            found.update((_read(text) or ()) if text else usual)
    return found


def _read(cell: str) -> tuple[Role, ...] | None:
    """Return the roles that a cell names; None where it changes nothing."""
    try:
        return read_roles(cell) if cell else None
    except ValueError:
        # Of a row that changes something else.
        return None
