"""What has touched the same thing since: read from the items of later batches.

An item is written while its user is locked, so that the order of items is that of the actions.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from customers import progress
from customers.models import Batch, BatchItem, BatchKind, Outcome
from customers.said import gettext as _
from customers.said import moment

from ...actions.base import EVERYTHING
from ...actions.registry import action_of

# What an upload did to a whole user, and what its undo did, by the name in `after`.
ADDED, RESTORED, RELEASED = "added", "restored", "released"
CHANGED = (Outcome.DONE, Outcome.PARTLY)


@dataclass(frozen=True, eq=False)
class Done:
    """What was done alike to some users; each has the same object, which stands for the group."""

    before_text: str
    after_text: str

    # Read when asked for: a restore has another `before` for each of its users.
    @cached_property
    def before(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.before_text)
        return found

    @cached_property
    def after(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.after_text)
        return found


@dataclass(frozen=True, eq=False)
class LaterAction:
    """A later batch: of which kind, by whom ("" for an account that is gone), and when."""

    batch_id: int
    undo_of: int | None
    kind: str
    who: str
    at: datetime | None

    @cached_property
    def facts(self) -> dict[str, str]:
        """The same in words; once for all of its users, who may be very many."""
        return {
            "who": self.who or nobody_left(),
            "action": str(BatchKind(self.kind).label),
            "when": moment(self.at) if self.at else "",
        }


def nobody_left() -> str:
    """Return what stands for the name of an account that is gone."""
    return _("a user whose account no longer exists")


@dataclass(frozen=True, slots=True)
class Touch:
    """A later action on a user, and which fields it touched."""

    action: LaterAction
    fields: frozenset[str]

    def sentence(self, name: str) -> str:
        text = _("%(name)s has since been changed by %(who)s: %(action)s, %(when)s.")
        return text % {"name": name, **self.action.facts}


def done_by(batch: Batch, users: list[int] | None = None) -> tuple[dict[int, Done], dict[int, int]]:
    """Return what a batch changed, and the place of its item, by user id in that order.

    Of these users alone, if given.
    """
    items = batch.items.filter(outcome__in=CHANGED).order_by("pk")
    if users is not None:
        items = items.filter(user__among=users)
    sides = (Cast("before", TextField()), Cast("after", TextField()))
    action = action_of(batch.kind)
    groups: dict[tuple[str, str], Done] = {}
    done: dict[int, Done] = {}
    places: dict[int, int] = {}
    for pk, user_id, *texts in items.values_list("pk", "user_id", *sides):
        before, after = texts
        group = groups.get((before, after))
        if group is None:
            group = groups[before, after] = Done(before, after)
        if action.whole or action.touched(group.after):
            done[user_id], places[user_id] = group, pk
    progress.advance(len(done))
    return done, places


def later_touches(
    batch: Batch, done: Mapping[int, Done], places: Mapping[int, int]
) -> dict[int, Touch]:
    """Return by user id the last action that touched what the item did; one query for all."""
    if not done:
        return {}
    rows = BatchItem.objects.filter(
        user__among=list(places), pk__gt=min(places.values()), outcome__in=CHANGED
    )
    columns = (
        *("user_id", "pk", "after", "outcome", "batch_id", "batch__undo_of"),
        *("batch__kind", "batch__by__display_name", "batch__finished_at"),
    )
    found = rows.exclude(batch=batch).order_by("pk").values_list(*columns)
    actions: dict[int, LaterAction] = {}
    # By user and batch; of one that was taken back, what its undo left behind.
    standing: dict[int, dict[int, Touch]] = {}
    for user_id, pk, after, outcome, batch_id, undo_of, kind, who, at in found:
        if pk <= places[user_id]:
            continue
        later = LaterAction(batch_id, undo_of, kind, who or "", at)
        later = actions.setdefault(batch_id, later)
        touches = standing.setdefault(user_id, {})
        if undo_of in touches:
            is_whole = outcome == Outcome.DONE
            left = frozenset() if is_whole else action_of(kind).left_behind(after)
            touches[undo_of] = Touch(later, left)
        else:
            touches[batch_id] = Touch(later, action_of(kind).touched(after))
    progress.advance(len(done))
    action = action_of(batch.kind)
    last: dict[int, Touch] = {}
    for user_id, touches in standing.items():
        fields = action.touched(done[user_id].after)
        for touch in touches.values():
            if touch.fields and (EVERYTHING in touch.fields | fields or touch.fields & fields):
                last[user_id] = touch
    return last
