"""Undo of Delete and of Restore, which take each other back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from customers.formats import figure
from customers.models import Batch, BatchKind, Outcome
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import ngettext
from customers.services import bulk
from licensing.models import LicenseAssignment

from ...models import User
from ...queries.user_briefs import Brief
from ..returns import name_problems, summarize, time_is_over
from ..users import delete_users, restore_users
from ..users.deleting import NOT_ONESELF
from ..users.locking import Verdict, deleted, oneself
from .cases import Case, Inverse, Plan, WordCounts, freed_text

# What the derived columns are made of.
NAMES = ("first_name", "last_name", "display_name", "user_name", "deleted_at")


def _restore(case: Case) -> Plan:
    """Plan that they come back as restore has it; whose name is taken stays deleted."""

    def not_waiting(row: Brief) -> Verdict:
        if row.deleted_at is None:
            return Outcome.ALREADY, _("No longer deleted.")
        if row.purge_after is None or row.purge_after <= timezone.now():
            return Outcome.FAILED, time_is_over(row.display_name)
        return None

    able, left = case.sort_out(not_waiting, case.reach(Capability.MANAGE_USERS))
    domains = {domain.name: domain for domain in case.customer.domains.all()}
    clashing = name_problems({row.pk: row.user_name for row in able}, domains)
    left += [(row, Outcome.SKIPPED, clashing[row.pk]) for row in able if row.pk in clashing]
    # Whom a name keeps away needs no seat.
    todo = [row for row in able if row.pk not in clashing]
    ids = [row.pk for row in todo]
    found = summarize(ids, case.customer)
    back, lost = WordCounts(dict(found.back)), WordCounts(dict(found.lost))
    users = ngettext(
        "%(count)s user comes back, with permissions, contact data and password as before.",
        "%(count)s users come back, with permissions, contact data and passwords as before.",
        len(ids),
    )
    points = [users % {"count": figure(len(ids))}]
    if back.counts:
        points.append(_("Licenses that come back: %(list)s.") % {"list": back.text()})
    if lost.counts:
        points.append(_("Licenses that can't come back: %(list)s") % {"list": lost.text()})
    return Plan(
        todo,
        left,
        points,
        lambda batch: (
            restore_users(ids, customer=case.customer, actor=case.actor, batch=batch).batch
        ),
    )


def _delete(case: Case) -> Plan:
    reach = case.reach(Capability.MANAGE_USERS)
    able, left = case.sort_out(deleted, oneself(case.actor, str(NOT_ONESELF)), reach)
    ids = [row.pk for row in able]
    freed = WordCounts()
    live = LicenseAssignment.objects.live().filter(
        subscription__customer=case.customer, user__among=ids
    )
    counted = live.values("subscription__product__name").annotate(number=Count("pk"))
    for name, number in counted.values_list("subscription__product__name", "number"):
        freed.add(name, number)
    deleted_again = ngettext(
        "%(count)s user is deleted again; every open session ends at once.",
        "%(count)s users are deleted again; every open session ends at once.",
        len(ids),
    )
    points = [
        deleted_again % {"count": figure(len(ids))},
        *([freed_text(freed)] if freed.counts else []),
        _(
            "They are deleted permanently on the day set by the first deletion, if that is"
            " still ahead."
        ),
    ]
    return Plan(able, left, points, _RestoreUndo(case, ids).do)


@dataclass(frozen=True, slots=True)
class _RestoreUndo:
    case: Case
    ids: Sequence[int]

    def do(self, batch: Batch) -> Batch:
        """Delete them with the name and the dates of the deletion that had been taken back.

        Then the licenses held at the deletion are those of the first one, too. Where its day is
        over, a new period runs.
        """
        case = self.case
        done = delete_users(self.ids, customer=case.customer, actor=case.actor, batch=batch)
        rows = []
        for row in User.objects.only(*NAMES).filter(pk__among=self.ids):
            before = case.done[row.pk].before
            final = before.get("purge_after")
            if final is not None and datetime.fromisoformat(str(final)) > timezone.now():
                row.user_name = str(before["user_name"])
                row.deleted_at = datetime.fromisoformat(str(before["deleted_at"]))
                row.purge_after = datetime.fromisoformat(str(final))
                row.deleted_by_id = before["deleted_by"]
                rows.append(row)
        deleters = User.objects.filter(pk__among={row.deleted_by_id for row in rows} - {None})
        known = set(deleters.values_list("pk", flat=True))
        for row in rows:
            row.deleted_by_id = row.deleted_by_id if row.deleted_by_id in known else None
            row.fill_searched()
        bulk.update(rows, ["user_name", "search_text", "deleted_at", "deleted_by", "purge_after"])
        return done


UNDO_DELETE = Inverse(BatchKind.RESTORE, Capability.MANAGE_USERS, _restore)
UNDO_RESTORE = Inverse(BatchKind.DELETE, Capability.MANAGE_USERS, _delete)
