"""An upload taken back: users it added are deleted, those it changed or restored are as before."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import CredentialSheet, User
from accounts.queries.user_briefs import Brief
from accounts.services.credentials import empty_sheet
from accounts.services.undo.cases import Case, Inverse, LeftBrief, Plan, WordCounts, freed_text
from accounts.services.undo.changing import UNDO_CHANGE
from accounts.services.undo.later import ADDED, RELEASED, RESTORED, Done
from accounts.services.undo.licenses import UNDO_LICENSES
from accounts.services.undo.returning import UNDO_DELETE, UNDO_RESTORE
from accounts.services.users import delete_users
from accounts.services.users.locking import Verdict, deleted
from customers.formats import figure
from customers.models import Batch, BatchKind, Outcome
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import joined, ngettext
from customers.services import batches, bulk
from customers.services.permission import check_actor
from licensing.models import LicenseAssignment
from licensing.services.seats import lock_subscriptions

LICENSES = "licenses"
Facts = Mapping[str, Any]


def _plan(case: Case) -> Plan:
    whole = [
        inverse.plan(part)
        for inverse, word in ((UNDO_RESTORE, RESTORED), (UNDO_DELETE, RELEASED))
        if (part := _part(case, word)).rows
    ]
    if case.locked:
        # All seats at once, in the order of their ids: each part would begin with its own first.
        live = LicenseAssignment.objects.live().filter(user__among=list(case.done))
        held = set(live.values_list("subscription_id", flat=True).distinct().order_by())
        named = {int(pk) for done in set(case.done.values()) for pk in done.after.get(LICENSES, ())}
        lock_subscriptions(held | named)
    licenses, fields = _changes(case)
    if licenses is not None and licenses.users:
        # Whoever may undo an upload by role may do this as well; a token may not.
        check_actor(case.actor, Capability.MANAGE_LICENSES, customer=case.customer)
    removal = _Removal.of(_part(case, ADDED))
    plans = [*whole, *filter(None, (licenses, fields))]
    users = {row.pk for plan in plans for row in plan.users} | {row.pk for row in removal.users}
    return Plan(
        [row for row in case.rows if row.pk in users],
        _once([*removal.left, *(one for plan in plans for one in plan.left)]),
        [*removal.points, *(point for plan in plans if plan.users for point in plan.points)],
        _UploadUndo(removal, [plan for plan in plans if plan.users]).do,
    )


def _once(left: Sequence[LeftBrief]) -> list[LeftBrief]:
    """Return each user who is left as they are once, with all reasons."""
    reasons: dict[int, dict[str, None]] = {}
    first: dict[int, LeftBrief] = {}
    for row, outcome, why in left:
        first.setdefault(row.pk, (row, outcome, why))
        reasons.setdefault(row.pk, {})[why] = None
    return [(row, outcome, joined(reasons[pk])) for pk, (row, outcome, _why) in first.items()]


def _part(case: Case, word: str) -> Case:
    """Return the case of those users to whom the thing of that word was done."""
    return _of(case, {pk: done for pk, done in case.done.items() if word in done.after})


def _of(case: Case, done: Mapping[int, Done]) -> Case:
    rows = [row for row in case.rows if row.pk in done]
    return replace(case, done=done, rows=rows, places={pk: case.places[pk] for pk in done})


def _changes(case: Case) -> tuple[Plan | None, Plan | None]:
    """Plan licenses and fields of users who were there before: both of a user, or neither."""
    whole = {ADDED, RESTORED, RELEASED}
    rest = {pk: done for pk, done in case.done.items() if not done.after.keys() & whole}
    changed = _of(case, rest)
    licenses = _side(
        changed, lambda facts: {LICENSES: facts[LICENSES]} if facts.get(LICENSES) else {}
    )
    fields = _side(
        changed,
        lambda facts: {name: value for name, value in facts.items() if name != LICENSES},
    )
    # What is taken away no field then needs to suit.
    released = {
        pk: frozenset(int(owner) for owner, off in done.before[LICENSES].items() if off is None)
        for pk, done in licenses.done.items()
    }
    fields = replace(fields, released=released)
    plan = UNDO_CHANGE.plan(fields) if fields.rows else None
    licenses = _without(licenses, plan.left if plan else ())
    given = UNDO_LICENSES.plan(licenses) if licenses.rows else None
    if plan and given and given.left:
        fields = _without(fields, given.left)
        plan = UNDO_CHANGE.plan(fields) if fields.rows else None
    return given, plan


def _side(case: Case, side: Callable[[Facts], dict[str, Any]]) -> Case:
    """Return the case of those users to whom something was done on this side, and of it alone."""
    sides = {
        done: Done(json.dumps(side(done.before)), json.dumps(side(done.after)))
        for done in set(case.done.values())
        if side(done.after)
    }
    return _of(case, {pk: sides[done] for pk, done in case.done.items() if done in sides})


def _without(case: Case, left: Collection[LeftBrief]) -> Case:
    gone = {row.pk for row, _outcome, _why in left}
    return _of(case, {pk: done for pk, done in case.done.items() if pk not in gone})


@dataclass(frozen=True, slots=True)
class _Removal:
    """The removal of users whom the upload added and no one has touched, themselves included."""

    case: Case
    users: Sequence[Brief]
    left: Sequence[LeftBrief]
    points: Sequence[str]

    @classmethod
    def of(cls, case: Case) -> Self:
        if not case.rows:
            return cls(case, [], [], [])
        users, left = case.sort_out(deleted, _touched(case), case.reach(Capability.MANAGE_USERS))
        if not users:
            return cls(case, users, left, [])
        count = len(users)
        text = ngettext(
            "%(count)s user who was added is deleted. Restore is possible for %(days)s days.",
            "%(count)s users who were added are deleted. Restore is possible for %(days)s days.",
            count,
        )
        points = [text % {"count": figure(count), "days": settings.DELETED_USER_RETENTION_DAYS}]
        freed = WordCounts()
        live = LicenseAssignment.objects.live().filter(user__among=[row.pk for row in users])
        for names in live.product_names(case.customer).values():
            for name in names:
                freed.add(name)
        if freed.counts:
            points.append(freed_text(freed))
        return cls(case, users, left, points)

    def do(self, batch: Batch) -> None:
        if not self.users:
            return
        ids = [row.pk for row in self.users]
        actor = self.case.actor
        delete_users(ids, customer=self.case.customer, actor=actor, batch=batch)
        if self.left:
            return
        # No user is left to whom a password could be handed over.
        for sheet in CredentialSheet.objects.filter(batch=self.case.batch, destroyed_at=None):
            empty_sheet(sheet, actor=actor, reason=batch.reason)


def _touched(case: Case) -> Callable[[Brief], Verdict]:
    """Return why to keep a user who has signed in, or was changed by what left no item."""
    added = User.objects.filter(pk__among=[row.pk for row in case.rows])
    # Whose password is made on the first day has none to be changed before.
    unused = Q(must_change_password=True) | Q(starts_at__gt=timezone.now())
    new = added.filter(unused, last_login=None)
    waiting = set(new.values_list("pk", flat=True))
    as_added = set(added.filter(changed_by_batch=case.batch).values_list("pk", flat=True))

    def touched(row: Brief) -> Verdict:
        name = {"name": row.display_name}
        if row.pk not in waiting:
            return Outcome.SKIPPED, _("%(name)s has signed in since.") % name
        if row.pk not in as_added:
            return Outcome.SKIPPED, _("%(name)s was changed since.") % name
        return None

    return touched


@dataclass(frozen=True, slots=True)
class _UploadUndo:
    removal: _Removal
    plans: Sequence[Plan]

    def do(self, batch: Batch) -> Batch:
        for plan in self.plans:
            own = batch.items.filter(user__among=[row.pk for row in plan.users])
            earlier = {item.user_id: item for item in own}
            again = batch.items.filter(user__among=list(earlier))
            again.delete()
            plan.do(batch)
            # A user whose licenses and fields are both as before has one item for both.
            joined = list(again.all())
            for item in joined:
                item.before |= earlier[item.user_id].before
                item.after |= earlier[item.user_id].after
            bulk.update(joined, ["before", "after"])
        self.removal.do(batch)
        batches.count_again(batch)
        return batches.finish_batch(batch)


UNDO_UPLOAD = Inverse(BatchKind.UPLOAD, Capability.MANAGE_USERS, _plan)
