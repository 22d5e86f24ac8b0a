"""Fields of users that are kept elsewhere, by an HR system or a directory: pages leave them alone.

The app that knows of them says so when it is ready. Whoever keeps them changes them, nobody else:
what a page would write there, the next message from over there would undo.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers.errors import Refused
from customers.log.history import field_label
from customers.models import Outcome
from customers.said import gettext as _
from customers.said import joined

from .locking import Verdict

if TYPE_CHECKING:
    from ...models import User
    from ...queries.user_briefs import Brief


@dataclass(frozen=True, slots=True)
class Owned:
    """What is kept of a user by somebody of this name, who acts as the user of this id."""

    by: str
    actor_id: int
    fields: frozenset[str]


# Called with ids of users; returns those of whom something is kept elsewhere.
Find = Callable[[Collection[int]], Mapping[int, Owned]]

_finds: list[Find] = []


def also_owned(find: Find) -> None:
    """Ask this, too, what is kept of users elsewhere."""
    if find not in _finds:
        _finds.append(find)


def owned_of(users: Collection[int]) -> dict[int, Owned]:
    """Return by user id what is kept elsewhere, of those of whom something is."""
    found: dict[int, Owned] = {}
    if users:
        for find in _finds:
            found |= find(users)
    return found


def check_owned(fields: Mapping[int, Collection[str]], *, actor: "User") -> None:
    """Refuse a change of fields, by user id, that others keep than the actor."""
    owned = owned_of([pk for pk, names in fields.items() if names])
    for pk, names in fields.items():
        if pk in owned and (lost := kept_from(owned[pk], names, actor.pk)):
            raise Refused(
                owned_message(owned[pk], lost), code="field-kept-elsewhere", field=lost[0]
            )


def kept_from(owned: Owned, fields: Iterable[str], actor_id: int) -> list[str]:
    """Return which of the fields are not this actor's to change."""
    return [] if owned.actor_id == actor_id else sorted(owned.fields.intersection(fields))


def owned_message(owned: Owned, fields: Iterable[str]) -> str:
    text = _("%(fields)s: kept by %(source)s. Change it there, or release the user first.")
    labels = dict.fromkeys(str(field_label(name)) for name in fields)
    return text % {"fields": joined(labels, ", "), "source": owned.by}


def kept_elsewhere(
    users: Collection[int], fields: Collection[str], *, actor: "User"
) -> "Callable[[User | Brief], Verdict]":
    """Return the reason that leaves out users of whom one of these fields is kept elsewhere."""
    owned = owned_of(users) if fields else {}

    def why(row: "User | Brief") -> Verdict:
        if row.pk not in owned or not (lost := kept_from(owned[row.pk], fields, actor.pk)):
            return None
        return Outcome.SKIPPED, owned_message(owned[row.pk], lost)

    return why
