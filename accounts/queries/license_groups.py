"""Users in groups by what they hold: those of one place with the same licenses are looked at
once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Func, Q, TextField, Value

from customers.expressions import JoinedText
from customers.models import Customer

from ..models import User, UserQuerySet


@dataclass(frozen=True, slots=True)
class Held:
    """One license: of which product, and the codes of the plans that are switched off."""

    product_id: int
    off: tuple[str, ...] = ()


# By subscription id.
Holdings = Mapping[int, Held]


@dataclass(frozen=True, slots=True)
class Group:
    """Users, by id, who have one usage location ("": none) and hold the same."""

    location: str
    held: Holdings
    users: Sequence[int]


class _License(Func):
    """A subscription, its product and the plans that are off, as a member of a JSON object.

    As text: to have the database build JSON takes three times as long.
    """

    template = "'\"' || %(expressions)s || ']'"
    arg_joiner = " || "
    output_field = TextField()


def groups_of(ids: Iterable[int], customer: Customer) -> list[Group]:
    """Return the groups of the living; a row of the answer for each, however large it is."""
    live = Q(assignments__released_at=None, assignments__isnull=False)
    return _grouped(User.objects.active(), live, ids, customer)


def groups_at_deletion(ids: Iterable[int], customer: Customer) -> list[Group]:
    """Return the groups of the deleted, by what each deletion released."""
    released = Q(assignments__released_at=F("deleted_at"))
    gone = User.objects.filter(deleted_at__isnull=False)
    return _grouped(gone, released, ids, customer)


def _grouped(users: UserQuerySet, which: Q, ids: Iterable[int], customer: Customer) -> list[Group]:
    own = users.filter(customer=customer, pk__among=list(ids))
    # One group for the same licenses, in whatever order the database had them.
    alike: dict[tuple[str, str], list[int]] = {}
    for location, held, members in alike_rows(own, which, "usage_location"):
        licenses = json.dumps(json.loads(f"{{{held or ''}}}"), sort_keys=True)
        alike.setdefault((location, licenses), []).extend(members)
    groups = [
        Group(location, holdings_of(licenses[1:-1]), sorted(members))
        for (location, licenses), members in alike.items()
    ]
    return sorted(groups, key=lambda group: group.users[0])


def alike_rows(users: UserQuerySet, which: Q, *columns: str) -> list[tuple[Any, ...]]:
    """Return a row for all users who are alike: these columns, the licenses, and the users' ids.

    `which` are the assignments that count; holdings_of reads them, and those of alike users may
    stand in another order, in another row.
    """
    license_of = _License(
        F("assignments__subscription"),
        Value('":['),
        F("assignments__subscription__product"),
        Value(","),
        F("assignments__services_off"),
    )
    each = users.order_by().values("pk", *columns)
    each = each.annotate(held=JoinedText(license_of, ",", filter=which))
    listed = "array_agg" if connection.vendor == "postgresql" else "json_group_array"
    sql, params = each.query.sql_with_params()
    names = ", ".join(f"each.{connection.ops.quote_name(name)}" for name in (*columns, "held"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names}, {listed}(each.pk) FROM ({sql}) AS each GROUP BY {names}",  # noqa: S608 - Django's SQL
            params,
        )
        found = cursor.fetchall()
    return [(*rest, json.loads(pks) if isinstance(pks, str) else pks) for *rest, pks in found]


def holdings_of(held: str | None) -> dict[int, Held]:
    """Return the licenses that alike_rows has in one text."""
    rows = json.loads(f"{{{held or ''}}}").items()
    return {int(pk): Held(product, tuple(off)) for pk, (product, off) in rows}
