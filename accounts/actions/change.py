"""Changes of users' details and permissions: what their batches have in common, and one's own."""

from collections.abc import Iterable, Mapping
from datetime import date

from customers.actions import Action as Event
from customers.formats import figure
from customers.log.history import field_label, sentence_of
from customers.models import Batch, BatchItem, BatchKind
from customers.roles import Capability, Role, is_grave_change
from customers.said import gettext as _
from customers.said import ngettext

from ..models import UserQuerySet
from ..queries.bulk_preview import values_of
from ..services.undo.changing import UNDO_CHANGE
from ..services.undo.later import CHANGED
from ..services.users import change_users
from ..services.users.starting import change_start
from ..services.users.writing import TOLD_FIELDS
from .base import BatchAction, BulkAction, Group, Order, Place
from .licenses import license_groups

# So many values are counted by name, and the others together.
VALUES = 6
# In the request of a change, in place of a first day.
NOW = "now"


class Change(BatchAction):
    """Whatever was changed; by itself it is what the form of one user does."""

    name = "change"
    kind = BatchKind.CHANGE
    capability = Capability.MANAGE_USERS
    events = (Event.USER_CHANGED,)
    inverse = UNDO_CHANGE

    def run(self, order: Order) -> Batch:
        if day := order.request.get("start"):
            return change_start(
                order.users, None if day == NOW else date.fromisoformat(day), **order.terms
            )
        roles = order.request.get("roles")
        return change_users(
            order.users,
            fields=order.request.get("fields"),
            roles=None if roles is None else tuple(Role(value) for value in roles),
            **order.terms,
        )

    def is_grave_to_undo(self, batch: Batch) -> bool:
        """Whether it changes who is an administrator."""
        changed = batch.items.filter(outcome__in=CHANGED).order_by()
        roles = changed.filter(before__has_key="roles")
        pairs = roles.values_list("before__roles", "after__roles").distinct()
        return any(is_grave_change(after, before) for before, after in pairs)

    def done(self, count: int) -> str:
        return ngettext("User changed", "Users changed", count)

    def groups(self, item: BatchItem, products: Mapping[str, str]) -> list[Group]:
        # What many have alike is told with both sides, what is personal by its field alone.
        changed = [
            sentence_of(name, [item.before.get(name, ""), value])
            if name in TOLD_FIELDS
            else field_label(name)
            for name, value in item.after.items()
            if name != "licenses"
        ]
        return [(_("Changed"), changed), *license_groups(item, products)]


class BulkChange(Change, BulkAction):
    """The same for all of the selected users."""

    place = Place.CHANGES
    tone = "primary"

    @property
    def path(self) -> str:
        return f"change/{self.name}/"


class FieldChange(BulkChange):
    """One value of a field for all of them; `field` is its name."""

    field: str

    def now(self, count: int, users: UserQuerySet) -> str:
        found = values_of(users, self.field, most=VALUES)
        return now_text(count, [(self.shown(value), number) for value, number in found])

    def shown(self, value: str) -> str:
        """A value as pages show it."""
        return value


def now_text(count: int, values: Iterable[tuple[str, int]]) -> str:
    """The commonest values of so many users, each with how many have it; the others are counted."""
    rest, nothing = count, _("not set")
    texts = []
    for value, number in values:
        rest -= number
        texts.append(f"{value or nothing} ({figure(number)})")
    if rest:
        texts.append(_("others (%(count)s)") % {"count": figure(rest)})
    return _("Now: %(values)s.") % {"values": ", ".join(texts)}


CHANGE = Change()
