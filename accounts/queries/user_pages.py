"""A customer's users a page at a time: found by their place in an index, not by counting rows."""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Count,
    Expression,
    F,
    OrderBy,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Lower

from customers import scope
from customers.expressions import RowBeyond
from customers.folding import fold
from customers.models import Customer, CustomerQuerySet
from customers.services import messages

from ..models import User, UserQuerySet
from ..models.expressions import final_day, signed_in
from .search import Window, find_matches

# What a list can be sorted by, each with an index of its own.
SORTS = {
    "name": "sort_name",
    "user": "username",
    "department": "department_key",
    "signed-in": "signed_in_key",
    "added": "added_at",
}
# The same of the deleted, who are few: by who deleted them, there is none.
DELETED_SORTS = {
    "name": "sort_name",
    "user": "user_key",
    "deleted": "deleted_at",
    "by": "deleter_key",
    "left": "final_key",
}
# What is no column of the table, as the index has it.
_KEYS: dict[str, Callable[[], Expression]] = {
    "department_key": lambda: Lower("department"),
    "signed_in_key": signed_in,
    "user_key": lambda: Lower("user_name"),
    "deleter_key": lambda: Coalesce("deleted_by__sort_name", Value("")),
    "final_key": final_day,
}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What an address asks for: words to find, an order ("-" turns it round), and a place.

    The place is the id of the user before (`after`) or behind (`before`) the page, or `last`.
    `narrowed` tells that the users to page through are not all of the list's, and `deleted` that
    this is the list of the deleted.
    """

    words: tuple[str, ...] = ()
    narrowed: bool = False
    sort: str = "name"
    after: int | None = None
    before: int | None = None
    last: bool = False
    deleted: bool = False

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def column(self) -> str:
        sorts = DELETED_SORTS if self.deleted else SORTS
        return sorts[self.sort.removeprefix("-")]

    @property
    def counts(self) -> bool:
        """Whether it must be counted how many there are, because no counter knows."""
        return self.narrowed or bool(self.words)

    @property
    def backwards(self) -> bool:
        return self.last or self.before is not None

    @property
    def downwards(self) -> bool:
        """Whether rows are read downwards: backwards, the last ones come first."""
        return self.is_descending != self.backwards

    @property
    def cursor(self) -> int | None:
        return self.after if self.after is not None else self.before


@dataclass(frozen=True, slots=True)
class UserPage:
    """A page of users; `total` is None where more match than are counted."""

    users: Sequence[User]
    total: int | None
    is_first: bool
    is_last: bool


def read_sort(text: str, *, deleted: bool = False) -> str:
    """Return the order that an address asks for; by name where it is none.

    The deleted are shown by the day then, the last one first.
    """
    if text.removeprefix("-") in (DELETED_SORTS if deleted else SORTS):
        return text
    return "-deleted" if deleted else "name"


def page_of_users(
    users: UserQuerySet, customer: Customer, query: ListQuery, *, are_all: bool = False
) -> UserPage:
    """Return one page of these users of the customer: those asked for, or the first one.

    `are_all` tells that the users are those of the whole list, `active().in_list()`, for which the
    statement is kept.
    """
    if are_all:
        rows, total = _read_all(customer, query)
    else:
        rows, total = _read(users, customer, query)
    size = settings.PAGE_SIZE
    if query.last and total:
        # The last page is as long as one arrives at page by page.
        size = total % size or size
    more = len(rows) > size
    rows = rows[:size]
    if query.backwards:
        rows.reverse()
    beyond = query.before is not None and not more and len(rows) < size
    if beyond or (query.after is not None and not rows):
        first = replace(query, after=None, before=None, last=False)
        return page_of_users(users, customer, first, are_all=are_all)
    is_first = not more if query.backwards else query.after is None
    is_last = query.last or (not more and query.before is None)
    return UserPage(rows, total, is_first, is_last)


def _read_all(customer: Customer, query: ListQuery) -> tuple[list[User], int | None]:
    place = () if query.cursor is None else (query.cursor,)
    page = kept_page(query.column, downwards=query.downwards, size=settings.PAGE_SIZE + 1)
    with scope.narrowed(customer.pk):
        return page.objects(customer.pk, *place), customer.active_users


@lru_cache(maxsize=64)
def kept_page(column: str, *, downwards: bool, size: int) -> messages.Query:
    """Return the question for a page of a whole list: to write it down takes as long as to answer
    it.
    """

    def build(pk: int, cursor: int | None = None) -> UserQuerySet:
        customer = Customer(pk=pk)
        users = _with_key(in_search(User.objects.active().in_list(), customer, ()), column)
        if cursor is not None:
            users = users.filter(_beyond(customer, column, cursor, downwards=downwards))
        return _ordered(users, column, downwards=downwards)[:size]

    return messages.Query(build)


def _read(
    users: UserQuerySet, customer: Customer, query: ListQuery
) -> tuple[list[User], int | None]:
    """Return the rows from the place on, one more than a page has, and how many match.

    In the order in which they are read: backwards, against that of the list.
    """
    matching = _with_key(in_search(users, customer, query.words), query.column)
    size = settings.PAGE_SIZE + 1
    # Who deleted somebody is seldom a user of the customer, and in the narrow scope has no name.
    is_wide = query.column == "deleter_key"
    with contextlib.nullcontext() if is_wide else scope.narrowed(customer.pk):
        found = None
        if query.counts:
            behind = None
            if query.cursor is not None:
                behind = _place(customer, query.column, query.cursor), query.cursor
            found = find_matches(matching, Window(query.column, query.downwards, size, behind))
        if found is None or found.total is None:
            if query.cursor is not None:
                beyond = _beyond(customer, query.column, query.cursor, downwards=query.downwards)
                matching = matching.filter(beyond)
            rows = list(_ordered(matching, query.column, downwards=query.downwards)[:size])
            if found:
                return rows, None
            # Of a whole list, which a counter knows.
            return rows, restorable_count(customer) if query.deleted else customer.active_users
    # Asked for an order, or for the customer as well, the database walks an index of all that the
    # customer has for these few.
    order = {pk: number for number, pk in enumerate(found.ids)}
    unordered = users.filter(pk__among=found.ids)
    return sorted(unordered, key=lambda user: order[user.pk]), found.total


def in_order_of(users: UserQuerySet, query: ListQuery) -> UserQuerySet:
    """Return all that a list would page through, in its order."""
    users = _with_key(users, query.column)
    return _ordered(users, query.column, downwards=query.is_descending)


def _with_key(users: UserQuerySet, column: str) -> UserQuerySet:
    return users.annotate(**{column: _KEYS[column]()}) if column in _KEYS else users


def _ordered(users: UserQuerySet, column: str, *, downwards: bool) -> UserQuerySet:
    return users.order_by(*(OrderBy(F(name), descending=downwards) for name in (column, "pk")))


def in_search(users: UserQuerySet, customer: Customer, words: Sequence[str]) -> UserQuerySet:
    """Return those of the customer with all of these words in their names."""
    # The index of names has the customer in it, and finds it by a number of the column's own size.
    own = users.filter(customer=Cast(Value(customer.pk), BigIntegerField()))
    # A part of the domain is in every user name: going through the customer's users is quicker
    # than through the index, which has each of them under each of its letters.
    domain = fold(getattr(customer, "primary_domain", None) or "")
    common = {word for word in words if word in domain}
    return own.matching(words, common=common)


def _beyond(customer: Customer, column: str, cursor: int, *, downwards: bool) -> RowBeyond:
    """Return the condition that a user comes behind that one, read upwards or downwards."""
    place = Subquery(_place(customer, column, cursor))
    side = "<" if downwards else ">"
    return RowBeyond(F(column), F("pk"), place, Value(cursor), side=side)


def _place(customer: Customer, column: str, cursor: int) -> QuerySet[User, Any]:
    """Return what the user has in that column.

    A deleted one still has a place; behind an id that is none comes nobody.
    """
    keys: dict[str, Callable[[], Expression]] = {**_KEYS, "username": lambda: Lower("user_name")}
    key = keys[column]() if column in keys else F(column)
    return User.objects.filter(customer=customer, pk=cursor).values_list(key)[:1]


def with_overdue(customers: CustomerQuerySet) -> CustomerQuerySet:
    """Annotate `overdue_users`: the deleted whose day has come, and the purge has not."""
    due = User.objects.overdue().filter(customer=OuterRef("pk"))
    count = due.order_by().values("customer").annotate(count=Count("pk"))
    return customers.annotate(overdue_users=Coalesce(Subquery(count.values("count")), 0))


def restorable_count(customer: Customer) -> int:
    """Return how many deleted users can still be restored: those overdue for the purge can't."""
    if not customer.deleted_users:
        return 0
    # with_overdue() has asked already.
    overdue = getattr(customer, "overdue_users", None)
    if overdue is None:
        overdue = User.objects.overdue().filter(customer=customer).count()
    return max(customer.deleted_users - overdue, 0)
