"""A customer's users a page at a time: found by their place in an index, never by counting rows."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import BigIntegerField, F, OrderBy, Q, Subquery, Value
from django.db.models.functions import Cast, Lower

from customers import scope
from customers.models import Customer

from .models import User, UserQuerySet
from .names import fold

# What a list can be sorted by, each with an index of its own.
SORTS = {"name": "sort_name", "user": "username", "added": "added_at"}
# The deleted are always shown by the day, the last one first.
_COLUMNS = {**SORTS, "deleted": "deleted_at"}
SEARCH_LENGTH = 200
# More matches than these are not counted.
COUNTED = 10_000
# So few are looked up by their ids: an order's own index would be walked to its end for them.
FEW = 1_000


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
    def begins(self) -> bool:
        return self.after is None and not self.backwards

    @property
    def backwards(self) -> bool:
        return self.last or self.before is not None


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
    # A list of the deleted says by whom, which may be staff.
    narrow = nullcontext() if query.column == "deleted_at" else scope.narrowed(customer.pk)
    with narrow:
        return _page(users, customer, query)


def _page(users: UserQuerySet, customer: Customer, query: ListQuery) -> UserPage:
    matching = in_search(users, customer, query.words)
    search = bool(query.words) and not query.narrowed and query.begins
    if query.narrowed:
        matching, total = _looked_up(matching, users)
    else:
        total = None if search else _total(matching, customer, query)
    size = _size(query, total)
    rows = list(_window(matching, customer, query)[: size + 1])
    more = len(rows) > size
    if search:
        # Most searches find no more than a page, and have counted then.
        total = _total(matching, customer, query) if more else len(rows)
    rows = rows[:size]
    if query.backwards:
        rows.reverse()
    beyond = query.before is not None and not more and len(rows) < size
    if beyond or (query.after is not None and not rows):
        first = replace(query, after=None, before=None, last=False)
        return _page(users, customer, first)
    is_first = not more if query.backwards else query.after is None
    is_last = query.last or (not more and query.before is None)
    return UserPage(rows, total, is_first, is_last)


def in_order_of(users: UserQuerySet, query: ListQuery) -> UserQuerySet:
    """All that a list would page through, in its order."""
    order = [OrderBy(F(name), descending=query.is_descending) for name in (query.column, "pk")]
    return users.order_by(*order)


def _looked_up(matching: UserQuerySet, users: UserQuerySet) -> tuple[UserQuerySet, int | None]:
    """The same people, by their ids where they are few, and how many, as far as one counts."""
    found = list(matching.order_by().values_list("pk", flat=True)[: COUNTED + 1])
    if len(found) <= FEW:
        matching = users.filter(pk__among=found)
    return matching, None if len(found) > COUNTED else len(found)


def in_search(users: UserQuerySet, customer: Customer, words: Sequence[str]) -> UserQuerySet:
    """Those of the customer with all of these words in their names."""
    # The index of names has the customer in it, and finds it by a number of the column's own size.
    own = users.filter(customer=Cast(Value(customer.pk), BigIntegerField()))
    # A part of the domain is in every user name: going through the customer's people is quicker
    # than through the index, which has each of them under each of its letters.
    domain = getattr(customer, "primary_domain", None) or ""
    common = {word for word in words if word in domain}
    return own.matching(words, common=common)


def _total(matching: UserQuerySet, customer: Customer, query: ListQuery) -> int | None:
    if query.counts:
        return counted(matching)
    deleted = query.column == "deleted_at"
    return restorable_count(customer) if deleted else customer.active_users


def counted(users: UserQuerySet) -> int | None:
    """How many; None for more than are counted."""
    found = users.order_by().values("pk")[: COUNTED + 1].count()
    return None if found > COUNTED else found


def _size(query: ListQuery, total: int | None) -> int:
    """The last page is as long as one arrives at page by page."""
    if query.last and total:
        return total % settings.PAGE_SIZE or settings.PAGE_SIZE
    return settings.PAGE_SIZE


def _window(matching: UserQuerySet, customer: Customer, query: ListQuery) -> UserQuerySet:
    """The rows from the place on, in reading order or, backwards, against it."""
    downwards = query.is_descending != query.backwards
    cursor = query.after if query.after is not None else query.before
    if cursor is not None:
        matching = matching.filter(_beyond(customer, query.column, cursor, downwards=downwards))
    order = [OrderBy(F(name), descending=downwards) for name in (query.column, "pk")]
    return matching.order_by(*order)


def _beyond(customer: Customer, column: str, cursor: int, *, downwards: bool) -> Q:
    """Behind the user of this id. A deleted one still has a place; of none, nothing is behind."""
    key = Lower("user_name") if column == "username" else F(column)
    place = Subquery(User.objects.filter(customer=customer, pk=cursor).values_list(key)[:1])
    side = "lt" if downwards else "gt"
    # The first condition alone is one range of the index; the second cuts off its edge.
    return Q(**{f"{column}__{side}e": place}) & (
        Q(**{f"{column}__{side}": place}) | Q(**{f"pk__{side}": cursor})
    )


def restorable_count(customer: Customer) -> int:
    """How many deleted users can still be restored: whom the purge has yet to take are not."""
    if not customer.deleted_users:
        return 0
    # Customer.with_overdue() has asked already.
    overdue = getattr(customer, "overdue_users", None)
    if overdue is None:
        overdue = User.objects.due_for_purge().filter(customer=customer).count()
    return max(customer.deleted_users - overdue, 0)
