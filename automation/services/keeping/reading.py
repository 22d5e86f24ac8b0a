"""Reading what users hold, and what the rules have given them, into cases that are alike."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as When
from django.db.models import Count, OuterRef, Q, Subquery, TextField, Value
from django.db.models import When as If
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.models import User
from accounts.queries.license_groups import alike_rows, holdings_of
from customers.expressions import JoinedText
from customers.models import Customer
from customers.said import retold
from customers.services.messages import Query, send
from licensing.models import Subscription
from licensing.services.seats import SEAT_COLUMNS, subscription_from

from ...models import KeptLicense, KeptState
from ...queries.rule_facts import Rulebook, UserFacts
from .planning import Case, Kept

# What no text of ours has in it: between the fields of a row, and between rows.
FIELD, ROW = "\x1f", "\x1e"


@dataclass(frozen=True)
class Found:
    """Users in cases, and since when they wait, by user and subscription."""

    cases: list[Case]
    since: Mapping[tuple[int, int], datetime]

    @property
    def subscriptions(self) -> set[int]:
        """Return the subscriptions that have to do with any of it."""
        return {pk for case in self.cases for pk in (*case.held, *case.kept, *case.wishes)}


def read_cases(users: Collection[int] | None, book: Rulebook, customer: Customer) -> Found:
    """Return the cases of the living among these users, or among all the customer's.

    The database puts those together who are alike in all that a rule asks for. Left out is of whom
    the rules want nothing, and to whom they gave nothing.
    """
    rows = User.objects.active().filter(customer=customer)
    if users is not None:
        rows = rows.filter(pk__among=list(users))
    asked = [name for name in ("department", "job_title") if book.asks(name)]
    moments = sorted({rule.since for rule in book.rules if rule.since is not None})
    for number, since in enumerate(moments):
        newer = If(added_at__gte=since, then=Value(1))
        rows = rows.annotate(**{f"since_{number}": When(newer, default=Value(0))})
    rows = rows.with_roles() if book.asks_roles else rows
    columns = [
        "usage_location",
        *asked,
        *(["role_names"] if book.asks_roles else []),
        *(f"since_{number}" for number in range(len(moments))),
        "kept",
    ]
    live = Q(assignments__released_at=None, assignments__isnull=False)
    cases: dict[tuple[object, ...], Case] = {}
    for *values, held, members in alike_rows(rows.annotate(kept=_kept_text()), live, *columns):
        facts = dict(zip(columns, values, strict=True))
        newest = [at for n, at in enumerate(moments) if facts[f"since_{n}"]]
        user = UserFacts.alike(facts, newest[-1] if newest else None)
        kept = _kept(facts["kept"])
        for wishes, some in book.wishes_of(user, members):
            if wishes or kept:
                holdings = holdings_of(held)
                # In whatever order the database had them.
                same = (tuple(sorted(holdings.items())), tuple(sorted(kept)))
                key = (user.usage_location, *same, id(wishes))
                if key not in cases:
                    cases[key] = Case(user.usage_location, holdings, dict(kept), wishes)
                cases[key].users.extend(some)
    for case in cases.values():
        case.users.sort()
    return Found(list(cases.values()), _since(users, customer, cases.values()))


def _kept_text() -> Subquery:
    """Return what the rules gave to a user or owe them, in one text, as _kept reads it."""
    rows = KeptLicense.objects.filter(user=OuterRef("pk")).order_by().values("user")
    text, mark = TextField(), Value(FIELD, TextField())
    parts = Concat(
        *(Cast("subscription_id", text), mark, Cast("state", text), mark),
        *(Coalesce(Cast("rule_id", text), Value("", text)), mark, Cast("why", text), mark),
        Coalesce(Cast("why_said", text), Value("", text)),
        output_field=text,
    )
    return Subquery(rows.annotate(rows=JoinedText(parts, ROW)).values("rows"))


def _kept(text: str | None) -> list[tuple[int, Kept]]:
    rows = (row.split(FIELD) for row in text.split(ROW)) if text else ()
    return [
        (int(pk), kept_row(state, int(rule) if rule else None, why, json.loads(words or "null")))
        for pk, state, rule, why, words in rows
    ]


def kept_row(state: str, rule: int | None, why: str, words: Any) -> Kept:
    """Return what was kept. Why is said anew: in another language it would be another reason."""
    return Kept(state, rule, retold(why, words))


def _since(
    users: Collection[int] | None, customer: Customer, cases: Iterable[Case]
) -> dict[tuple[int, int], datetime]:
    """Return since when users wait, by user and subscription; asked where somebody does."""
    waits = any(kept.state == KeptState.WAITING for case in cases for kept in case.kept.values())
    if not waits:
        return {}
    rows = KeptLicense.objects.filter(customer=customer, state=KeptState.WAITING)
    if users is not None:
        rows = rows.filter(user__among=list(users))
    return {
        (user, pk): at for user, pk, at in rows.values_list("user_id", "subscription_id", "since")
    }


def subscriptions_of(pks: Iterable[int], customer: Customer) -> dict[int, Subscription]:
    """Return subscriptions as they are now, without their locks, and the names of products."""
    [found] = send(POOLS(customer.pk, sorted(set(pks))))
    rows = [subscription_from(values, name) for *values, name in found.rows]
    return {row.pk: row for row in rows}


POOLS = Query(
    lambda customer, pks: Subscription.objects.filter(customer=customer, pk__among=pks).values_list(
        *SEAT_COLUMNS, "product__name"
    )
)


def claims(pools: Collection[int], users: Collection[int], customer: Customer) -> dict[int, int]:
    """Return how many others wait for a seat, by subscription id."""
    [waiting] = send(WAITING(customer.pk, list(users)))
    return {pk: count for pk, count in waiting.rows if pk in pools}


WAITING = Query(
    lambda customer, users: (
        KeptLicense.objects.filter(customer=customer, state=KeptState.WAITING)
        .exclude(user__among=users)
        .order_by()
        .values("subscription")
        .annotate(count=Count("pk"))
        .values_list("subscription", "count")
    )
)
