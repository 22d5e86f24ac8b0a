"""Who has touched the same thing since: read from the items of later batches.

An item is written while its person is locked, so that the order of items is that of the deeds.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers import progress
from customers.models import BatchItem, BatchKind, Outcome

from ...models import User

# A deletion, and a restore, is about all that a person has.
EVERYTHING = "everything"
CHANGED = (Outcome.DONE, Outcome.PARTLY)


@dataclass(frozen=True, slots=True)
class Touch:
    """One later deed on a person: by whom ("" for an account that is gone), what, and when."""

    batch_id: int
    undo_of: int | None
    whole: bool
    fields: frozenset[str]
    kind: str
    who: str
    at: datetime | None

    def sentence(self, user: User) -> str:
        facts = {
            "name": user.display_name,
            "who": self.who or _("somebody whose account is gone"),
            "deed": BatchKind(self.kind).label,
            "when": date_format(timezone.localtime(self.at), "DATETIME_FORMAT") if self.at else "",
        }
        return _("%(name)s was changed since by %(who)s: %(deed)s, %(when)s.") % facts


def touched(kind: str, after: Mapping[str, Any]) -> frozenset[str]:
    """The fields that an item of such a batch names; each subscription is one."""
    if kind in (BatchKind.DELETE, BatchKind.RESTORE):
        return frozenset([EVERYTHING])
    if kind == BatchKind.RESET:
        return frozenset(["password"])
    licenses = {f"license {pk}" for pk in after.get("licenses", {})}
    return frozenset(licenses | {name for name in after if name != "licenses"})


def later_touches(items: Mapping[int, BatchItem], kind: BatchKind) -> dict[int, Touch]:
    """By user id, the last deed that touched what the item did; one query for all people."""
    if not items:
        return {}
    first = min(item.pk for item in items.values())
    rows = BatchItem.objects.filter(user__among=list(items), pk__gt=first, outcome__in=CHANGED)
    columns = (
        *("user_id", "pk", "after", "outcome", "batch_id", "batch__undo_of"),
        *("batch__kind", "batch__by__display_name", "batch__finished_at"),
    )
    since: dict[int, list[Touch]] = {}
    for user_id, pk, after, outcome, batch_id, undo_of, *facts in rows.order_by("pk").values_list(
        *columns
    ):
        if pk > items[user_id].pk:
            touch = Touch(
                batch_id,
                undo_of,
                outcome == Outcome.DONE,
                touched(facts[0], after),
                facts[0],
                facts[1] or "",
                facts[2],
            )
            since.setdefault(user_id, []).append(touch)
    progress.advance(len(items))
    return {
        user_id: found[-1]
        for user_id, touches in since.items()
        if (found := _overlapping(_standing(touches), touched(kind, items[user_id].after)))
    }


def _standing(touches: Iterable[Touch]) -> Collection[Touch]:
    """Without those that were taken back wholly, and their undo."""
    standing: dict[int, Touch] = {}
    for touch in touches:
        if touch.undo_of in standing and touch.whole:
            del standing[touch.undo_of]
        else:
            standing[touch.batch_id] = touch
    return standing.values()


def _overlapping(touches: Iterable[Touch], fields: frozenset[str]) -> list[Touch]:
    return [
        touch
        for touch in touches
        if touch.fields and (EVERYTHING in touch.fields | fields or touch.fields & fields)
    ]
