"""A customer's users a page at a time: found by their place in an index, never by counting rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db.models import (
    BigIntegerField,
    Count,
    F,
    OrderBy,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Lower

from customers import scope
from customers.models import Customer, CustomerQuerySet

from ..models import User, UserQuerySet
from ..names import fold
from .search import Matches, Window, find_matches

# What a list can be sorted by, each with an index of its own.
SORTS = {"name": "sort_name", "user": "username", "added": "added_at"}
# The deleted are always shown by the day, the last one first.
_COLUMNS = {**SORTS, "deleted": "deleted_at"}
SEARCH_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What an address asks for: words to find, an order ("-" turns it round), and a place.

    The place is the id of the user before (`after`) or behind (`before`) the page, or `last`.
    `narrowed` tells that the users to page through are not all of the list's.
    """

    words: tuple[str, ...] = ()
    narrowed: bool = False
    sort: str = "name"
    after: int | None = None
    before: int | None = None
    last: bool = False

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def column(self) -> str:
        return _COLUMNS[self.sort.removeprefix("-")]

    @property
    def counts(self) -> bool:
        """How many there are no counter knows."""
        return self.narrowed or bool(self.words)

    @property
    def backwards(self) -> bool:
        return self.last or self.before is not None

    @property
    def downwards(self) -> bool:
        """As the rows are read: the last ones from the end on."""
        return self.is_descending != self.backwards

    @property
    def cursor(self) -> int | None:
        return self.after if self.after is not None else self.before


@dataclass(frozen=True, slots=True)
class UserPage:
    """`total` is None where more match than are counted."""

    users: Sequence[User]
    total: int | None
    is_first: bool
    is_last: bool


def read_sort(text: str) -> str:
    return text if text.removeprefix("-") in SORTS else "name"


def search_words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(text).split()))


def page_of_users(users: UserQuerySet, customer: Customer, query: ListQuery) -> UserPage:
    """One page of these users of the customer: those asked for, or the first one."""
    rows, total = _read(users, customer, query)
    size = _size(query, total)
    more = len(rows) > size
    rows = rows[:size]
    if query.backwards:
        rows.reverse()
    beyond = query.before is not None and not more and len(rows) < size
    if beyond or (query.after is not None and not rows):
        first = replace(query, after=None, before=None, last=False)
        return page_of_users(users, customer, first)
    is_first = not more if query.backwards else query.after is None
    is_last = query.last or (not more and query.before is None)
    return UserPage(rows, total, is_first, is_last)


def _read(
    users: UserQuerySet, customer: Customer, query: ListQuery
) -> tuple[list[User], int | None]:
    """Those from the place on, one more than a page has, as they are read; and how many match."""
    matching = in_search(users, customer, query.words)
    with scope.narrowed(customer.pk):
        found = _matches(matching, customer, query) if query.counts else None
        if found is None or found.total is None:
            rows = list(_window(matching, customer, query)[: settings.PAGE_SIZE + 1])
            return rows, None if found else _total(customer, query)
    # Asked for an order, or for the customer as well, the database walks an index of all that the
    # customer has for these few.
    place = {pk: number for number, pk in enumerate(found.ids)}
    people = users.filter(pk__among=found.ids)
    return sorted(people, key=lambda user: place[user.pk]), found.total


def in_order_of(users: UserQuerySet, query: ListQuery) -> UserQuerySet:
    """All that a list would page through, in its order."""
    return _ordered(users, query.column, downwards=query.is_descending)


def _ordered(users: UserQuerySet, column: str, *, downwards: bool) -> UserQuerySet:
    return users.order_by(*(OrderBy(F(name), descending=downwards) for name in (column, "pk")))


def _matches(matching: UserQuerySet, customer: Customer, query: ListQuery) -> Matches:
    behind = None
    if query.cursor is not None:
        behind = _place(customer, query.column, query.cursor), query.cursor
    size = settings.PAGE_SIZE + 1
    return find_matches(matching, Window(query.column, query.downwards, size, behind))


def in_search(users: UserQuerySet, customer: Customer, words: Sequence[str]) -> UserQuerySet:
    """Those of the customer with all of these words in their names."""
    # The index of names has the customer in it, and finds it by a number of the column's own size.
    own = users.filter(customer=Cast(Value(customer.pk), BigIntegerField()))
    # A part of the domain is in every user name: going through the customer's people is quicker
    # than through the index, which has each of them under each of its letters.
    domain = getattr(customer, "primary_domain", None) or ""
    common = {word for word in words if word in domain}
    return own.matching(words, common=common)


def _total(customer: Customer, query: ListQuery) -> int:
    """Of a whole list, which a counter knows."""
    deleted = query.column == "deleted_at"
    return restorable_count(customer) if deleted else customer.active_users


def _size(query: ListQuery, total: int | None) -> int:
    """The last page is as long as one arrives at page by page."""
    if query.last and total:
        return total % settings.PAGE_SIZE or settings.PAGE_SIZE
    return settings.PAGE_SIZE


def _window(matching: UserQuerySet, customer: Customer, query: ListQuery) -> UserQuerySet:
    """The rows from the place on, in reading order or, backwards, against it."""
    if query.cursor is not None:
        matching = matching.filter(_beyond(customer, query, query.cursor))
    return _ordered(matching, query.column, downwards=query.downwards)


def _beyond(customer: Customer, query: ListQuery, cursor: int) -> Q:
    """Behind the user of this id."""
    place = Subquery(_place(customer, query.column, cursor))
    side = "lt" if query.downwards else "gt"
    # The first condition alone is one range of the index; the second cuts off its edge.
    return Q(**{f"{query.column}__{side}e": place}) & (
        Q(**{f"{query.column}__{side}": place}) | Q(**{f"pk__{side}": cursor})
    )


def _place(customer: Customer, column: str, cursor: int) -> QuerySet[User, Any]:
    """What the user has in that column. A deleted one still has a place; behind none is nobody."""
    key = Lower("user_name") if column == "username" else F(column)
    return User.objects.filter(customer=customer, pk=cursor).values_list(key)[:1]


def with_overdue(customers: CustomerQuerySet) -> CustomerQuerySet:
    """Annotate `overdue_users`: the deleted whose day has come, and the purge has not."""
    due = User.objects.overdue().filter(customer=OuterRef("pk"))
    count = due.order_by().values("customer").annotate(count=Count("pk"))
    return customers.annotate(overdue_users=Coalesce(Subquery(count.values("count")), 0))


def restorable_count(customer: Customer) -> int:
    """How many deleted users can still be restored: whom the purge has yet to take are not."""
    if not customer.deleted_users:
        return 0
    # with_overdue() has asked already.
    overdue = getattr(customer, "overdue_users", None)
    if overdue is None:
        overdue = User.objects.overdue().filter(customer=customer).count()
    return max(customer.deleted_users - overdue, 0)
