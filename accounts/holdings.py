"""Who holds what, in groups: people of one place with the same licenses are looked at once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Aggregate, F, Func, JSONField, Q, TextField

from customers.models import Customer

from .models import User


@dataclass(frozen=True, slots=True)
class Held:
    """One license: of which product, and the codes of the plans that are switched off."""

    product_id: int
    off: tuple[str, ...] = ()


# By subscription id.
Holdings = Mapping[int, Held]


@dataclass(frozen=True, slots=True)
class Group:
    """People, by id, who have one usage location ("": none) and hold the same."""

    location: str
    held: Holdings
    people: Sequence[int]


class _Pair(Func):
    """A product with the plans that are off."""

    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="jsonb_build_array", **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "json_array(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=", json(", **extra)


class _Holdings(Aggregate):
    """All of one person as text, the same text for the same licenses."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = self.as_sql(compiler, connection, function="jsonb_object_agg", **extra)
        return f"({sql})::text", params

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="json_group_object", **extra)


def groups_of(ids: Iterable[int], customer: Customer) -> list[Group]:
    """The living of these people; a row of the answer for each group, however large it is."""
    people = User.objects.active().filter(customer=customer, pk__among=list(ids)).order_by()
    each = people.values("pk", "usage_location").annotate(
        held=_Holdings(
            F("assignments__subscription"),
            _Pair(F("assignments__subscription__product"), F("assignments__services_off")),
            filter=Q(assignments__released_at=None, assignments__isnull=False),
        )
    )
    listed = "array_agg" if connection.vendor == "postgresql" else "json_group_array"
    sql, params = each.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT each.usage_location, each.held, {listed}(each.pk)"  # noqa: S608 - Django's SQL
            f" FROM ({sql}) AS each GROUP BY each.usage_location, each.held",
            params,
        )
        found = [_group(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda group: group.people[0])


def _group(location: str, held: str | None, people: str | list[int]) -> Group:
    ids = json.loads(people) if isinstance(people, str) else people
    rows = json.loads(held or "{}").items()
    holdings = {int(pk): Held(product, tuple(off)) for pk, (product, off) in rows}
    return Group(location, holdings, sorted(ids))
