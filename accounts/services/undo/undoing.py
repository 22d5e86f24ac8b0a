"""Undo: an ordinary batch of the inverse kind, which can be undone in its turn."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from customers.errors import AlreadyDone, Refused
from customers.formats import figure
from customers.models import Batch, BatchState
from customers.said import gettext as _
from customers.said import joined, moment, ngettext
from customers.services import batches
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ...actions.registry import action_of
from ...models import User
from ...queries.user_briefs import Brief, briefs_of
from ..queue import send_batch
from ..users.locking import reasons_of, take_briefs
from .cases import Case, Inverse, Plan
from .later import CHANGED, Done, done_by, nobody_left


def why_not(batch: Batch, *, since: datetime | None = None) -> str:
    """Return why nobody can undo this batch, or "".

    `undone_by` with its user is best loaded before. The time to undo runs from the batch's end, or
    `since` a later moment: that at which all was done of which it was a part.
    """
    action = action_of(batch.kind)
    if action.inverse is None:
        return _("%(action)s can't be undone.") % {"action": batch.get_kind_display()}
    return action.why_no_undo(batch) or _why_not_now(batch, since)


def _why_not_now(batch: Batch, since: datetime | None) -> str:
    if batch.state != BatchState.DONE or batch.finished_at is None:
        return _not_done()
    undone: Batch | None = getattr(batch, "undone_by", None)
    if undone is not None:
        facts = {
            "who": undone.by.display_name if undone.by else nobody_left(),
            "when": moment(undone.created_at),
        }
        if undone.state == BatchState.DONE:
            return _("Undone by %(who)s on %(when)s.") % facts
        return _("Being undone: %(who)s asked for it on %(when)s.") % facts
    if not batch.done:
        return _nothing()
    days = settings.DELETED_USER_RETENTION_DAYS
    if (since or batch.finished_at) + timedelta(days=days) <= timezone.now():
        text = ngettext(
            "The time to undo is over: %(days)s day.",
            "The time to undo is over: %(days)s days.",
            days,
        )
        return text % {"days": days}
    return ""


def _not_done() -> str:
    return _("Only a finished action can be undone.")


def _nothing() -> str:
    return _("Nothing was changed, so there is nothing to undo.")


def nobody_asks() -> str:
    """Return the sentence for a batch whose actor has no account any more."""
    return _("The account of the user who asked for this no longer exists.")


def can_undo(batch: Batch, actor: User) -> bool:
    """Whether to offer the undo; asks the database nothing where `undone_by` is loaded."""
    inverse = action_of(batch.kind).inverse
    return inverse is not None and actor.can(inverse.capability) and not why_not(batch)


def plan_undo(batch: Batch, *, actor: User, since: datetime | None = None) -> Plan:
    """Return what an undo would do right now; write nothing. Refused where there is none."""
    inverse = _possible(batch, since)
    done, places = done_by(batch)
    fresh = check_actor(actor, inverse.capability, customer=batch.customer)
    rows = briefs_of(done, batch.customer)
    plan = inverse.plan(_case(batch, rows, fresh, done, places))
    points = plan.points if plan.users else []
    return replace(plan, points=[*points, *_gone(batch)])


def _gone(batch: Batch) -> list[str]:
    """Return the sentence that counts users whose item went with them, if there are some."""
    count = batch.done - batch.items.filter(outcome__in=CHANGED).count()
    text = ngettext(
        "%(count)s user has since been deleted permanently.",
        "%(count)s users have since been deleted permanently.",
        count,
    )
    return [text % {"count": figure(count)}] if count else []


@transactional
def undo_batch(
    batch: Batch,
    *,
    actor: User,
    key: str = "",
    reason: str = "",
    since: datetime | None = None,
) -> Batch:
    """Take the batch back: at once where they are few, else left to a task; `reason` for the log.

    Done both as the caller has it and as it is now: by what it had done it was decided whether to
    ask for a proof, and a worker may have done it meanwhile. `since`: see why_not.

    Raises AlreadyDone for a key that was used; Refused, where it can be done to nobody, or another
    actor was quicker. Each user is looked at again; who is left alone is named in the items.
    """
    of = Batch.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.pk)
    inverse = action_of(of.kind).inverse
    if inverse is not None:
        # Who holds the lock may have done the work of this very form.
        twin = batches.find_batch(inverse.kind, actor=actor, customer=of.customer, key=key)
        if twin is not None:
            raise AlreadyDone(twin)
    if batch.state != BatchState.DONE:
        raise Refused(_not_done(), code="not-undoable")
    inverse = _possible(of, since)
    check_actor(actor, inverse.capability, customer=of.customer)
    changed = of.items.filter(outcome__in=CHANGED).order_by("pk")
    users = list(changed.values_list("user_id", flat=True))
    undo = batches.leave_batch(
        inverse.kind,
        users,
        actor=actor,
        customer=of.customer,
        key=key,
        request={"undo_of": of.pk},
        reason=reason,
        undo_of=of,
    )
    if len(users) > settings.PEOPLE_AT_ONCE:
        transaction.on_commit(lambda: send_batch(undo.pk))
        return undo
    return run_undo(undo)


@transactional
def run_undo(undo: Batch) -> Batch:
    """Do what the undo waits for, which the caller has locked; Refused when it is for nobody."""
    of = undo.undo_of
    inverse = None if of is None else action_of(of.kind).inverse
    if of is None or inverse is None or undo.by is None:
        raise Refused(nobody_asks(), code="asker-gone")
    done, places = done_by(of, undo.users)
    if not done:
        raise Refused(joined(_gone(of)) or _nothing(), code="nothing-to-undo")
    rows, fresh = take_briefs(
        done, customer=undo.customer, actor=undo.by, capability=inverse.capability
    )
    plan = inverse.plan(replace(_case(of, rows, fresh, done, places), locked=True))
    if not plan.users:
        raise Refused(reasons_of(plan.left), code="nobody-left")
    batch = plan.do(batches.start_batch(undo))
    batches.leave_alone(batch, [(row.pk, outcome, why) for row, outcome, why in plan.left])
    return batch


def _possible(batch: Batch, since: datetime | None) -> Inverse:
    why, inverse = why_not(batch, since=since), action_of(batch.kind).inverse
    if why or inverse is None:
        raise Refused(why, code="not-undoable")
    return inverse


def _case(
    batch: Batch,
    rows: Mapping[int, Brief],
    actor: User,
    done: Mapping[int, Done],
    places: Mapping[int, int],
) -> Case:
    ordered = [rows[pk] for pk in done if pk in rows]
    return Case(batch, actor, ordered, done, places)
