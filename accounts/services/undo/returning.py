"""Delete and Restore take each other back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.formats import figure
from customers.models import Batch, BatchKind, Customer, Outcome
from customers.roles import Capability
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
    """They come back as restore has it; whose name is taken stays deleted, and is named."""
    able, left = case.sort_out(_not_waiting, case.reach(Capability.MANAGE_USERS))
    domains = {domain.name: domain for domain in case.customer.domains.all()}
    clashing = name_problems({row.pk: row.user_name for row in able}, domains)
    left += [(row, Outcome.SKIPPED, clashing[row.pk]) for row in able if row.pk in clashing]
    # Whom a name keeps away needs no seat.
    ids = [row.pk for row in able if row.pk not in clashing]
    return Plan(
        [row for row in able if row.pk not in clashing],
        left,
        _what_returns(ids, case.customer),
        lambda batch: (
            restore_users(ids, customer=case.customer, actor=case.actor, batch=batch).batch
        ),
    )


def _not_waiting(row: Brief) -> Verdict:
    if row.deleted_at is None:
        return Outcome.SKIPPED, _("Not deleted any more.")
    if row.purge_after is None or row.purge_after <= timezone.now():
        return Outcome.FAILED, time_is_over(row.display_name)
    return None


def _what_returns(ids: Sequence[int], customer: Customer) -> list[str]:
    found, count = summarize(ids, customer), len(ids)
    back, lost = WordCounts(dict(found.back)), WordCounts(dict(found.lost))
    people = ngettext(
        "%(count)s user comes back, with permissions, contact data and password as before.",
        "%(count)s users come back, with permissions, contact data and passwords as before.",
        count,
    )
    points = [people % {"count": figure(count)}]
    if back.counts:
        points.append(_("Licenses that come back: %(list)s.") % {"list": back.text()})
    if lost.counts:
        points.append(_("Licenses that can't come back: %(list)s") % {"list": lost.text()})
    return points


def _delete(case: Case) -> Plan:
    able, left = case.sort_out(
        deleted,
        oneself(case.actor, str(NOT_ONESELF)),
        case.reach(Capability.MANAGE_USERS),
    )

    def do(batch: Batch) -> Batch:
        ids = [row.pk for row in able]
        done = delete_users(ids, customer=case.customer, actor=case.actor, batch=batch)
        _as_first_deleted({pk: case.done[pk].before for pk in ids})
        return done

    return Plan(able, left, _what_goes(case, able), do)


def _what_goes(case: Case, people: Sequence[Brief]) -> list[str]:
    freed = WordCounts()
    live = LicenseAssignment.objects.live().filter(
        subscription__customer=case.customer, user__among=[row.pk for row in people]
    )
    counted = live.values("subscription__product__name").annotate(number=Count("pk"))
    for name, number in counted.values_list("subscription__product__name", "number"):
        freed.add(name, number)
    count = len(people)
    deleted_again = ngettext(
        "%(count)s user is deleted again; every open session ends at once.",
        "%(count)s users are deleted again; every open session ends at once.",
        count,
    )
    points = [deleted_again % {"count": figure(count)}]
    if freed.counts:
        points.append(freed_text(freed))
    points.append(
        _("The day on which it becomes final is that of the first deletion, if it is still ahead.")
    )
    return points


def _as_first_deleted(befores: Mapping[int, Mapping[str, Any]]) -> None:
    """With the name and the dates of the deletion that had been taken back.

    Then the licenses held at the deletion are those of the first one, too.
    """
    people = User.objects.only(*NAMES).filter(pk__among=list(befores))
    rows = [row for row in people if _remember(row, befores[row.pk])]
    known = set(
        User.objects.filter(pk__among={row.deleted_by_id for row in rows} - {None}).values_list(
            "pk", flat=True
        )
    )
    for row in rows:
        row.deleted_by_id = row.deleted_by_id if row.deleted_by_id in known else None
        row.fill_derived()
    bulk.update(rows, ["user_name", "search_text", "deleted_at", "deleted_by", "purge_after"])


def _remember(row: User, before: Mapping[str, Any]) -> bool:
    """Set what the restore's item kept; False when that day is over and a new period runs."""
    final = before.get("purge_after")
    if final is None or datetime.fromisoformat(str(final)) <= timezone.now():
        return False
    row.user_name = str(before["user_name"])
    row.deleted_at = datetime.fromisoformat(str(before["deleted_at"]))
    row.purge_after = datetime.fromisoformat(str(final))
    row.deleted_by_id = before["deleted_by"]
    return True


UNDO_DELETE = Inverse(BatchKind.RESTORE, Capability.MANAGE_USERS, _restore)
UNDO_RESTORE = Inverse(BatchKind.DELETE, Capability.MANAGE_USERS, _delete)
