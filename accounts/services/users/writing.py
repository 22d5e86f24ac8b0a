"""Writing changed fields and permissions, with what the log and a batch say of them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from customers.actions import Action
from customers.errors import Refused
from customers.models import Batch, BatchItem
from customers.said import gettext_lazy
from customers.services import audit, batches, bulk

from ...models import User
from .naming import check_free, domain_gone

# Fields that name nobody; all others go to the personal side of the log.
PLAIN_FIELDS = {"usage_location", "country", "department", "job_title", "office"}
# Of these the log has the values on both sides, too.
TOLD_FIELDS = {*PLAIN_FIELDS, "roles", "starts_on"}
NAMES = {"first_name", "last_name", "display_name", "user_name"}
# What follows from the names.
DERIVED = ["username", "domain", "sort_name", "search_text"]

OWN_PERMISSIONS = gettext_lazy("You can't remove your own permissions. Ask another administrator.")

# By field, or "roles": before and after.
Changes = Mapping[str, list[Any]]


def write_fields(rows: Sequence[User], fields: Collection[str], batch: Batch) -> None:
    """Write these fields, which the objects have already, each with its own values.

    One statement for all. Raises Refused when a name, or the domain, is taken in this very moment.
    """
    columns = [*sorted(fields), "changed_by_batch"]
    if not NAMES.isdisjoint(fields):
        columns += DERIVED
    for row in rows:
        row.changed_by_batch = batch
        if len(columns) > len(fields) + 1:
            row.customer = batch.customer
            row.fill_derived()
    try:
        with transaction.atomic():
            bulk.update(rows, columns)
    except IntegrityError:
        check_free(rows)
        raise Refused(domain_gone(), code="domain-gone", field="domain") from None


def write_roles(roles: Mapping[int, Collection[str]]) -> None:
    """Give users these roles and no others, by user id."""
    if not roles:
        return
    through = User.groups.through
    through.objects.filter(user__among=list(roles)).delete()
    groups = dict(Group.objects.values_list("name", "pk"))
    given = [(user, groups[str(role)]) for user, some in roles.items() for role in some]
    if given:
        users, ids = zip(*given, strict=True)
        bulk.insert_alike(through, {}, {"user_id": users, "group_id": ids})


def entry_of(row: User, changes: Changes) -> audit.Entry:
    """Return the log's entry of such changes, with what names the user on its personal side."""
    plain = {name: pair for name, pair in changes.items() if name in TOLD_FIELDS}
    personal = {name: pair for name, pair in changes.items() if name not in plain}
    return audit.Entry(Action.USER_CHANGED, row, plain, personal)


def item_of(batch: Batch, row: User, changes: Changes) -> BatchItem:
    """Return the batch's item of such changes, with both sides."""
    return batches.item(
        batch,
        row,
        before={name: pair[0] for name, pair in changes.items()},
        after={name: pair[1] for name, pair in changes.items()},
    )
