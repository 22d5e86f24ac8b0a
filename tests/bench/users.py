"""Users and licenses: a customer of 100,000 among a million users, and one of 1,000."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from math import ceil
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import timezone

from accounts.models import User
from accounts.queries.user_pages import DELETED_SORTS, SORTS, ListQuery, in_order_of
from accounts.views.user_columns import CHOICES
from customers.models import Customer
from tests.bench.clock import Spent, median_processor, side_by_side
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.population import STAFF, SUPPORT
from tests.bench.stage import Stage
from tests.bench.visitor import Visitor, rows_of

if TYPE_CHECKING:
    from accounts.models import UserQuerySet

FLOOR = "/bench/floor/"
STOCK = "/bench/stock/accounts/user/?customer__id__exact=1&deleted_at__isnull=1"
STOCK_PAGE = 100
LIST = "/customers/1/users/"
SMALL = "/customers/2/users/"
# Everyone's hundredth has this last name, and everyone the domain.
NAME, DOMAIN = "okonkwo", "customer1.example"
REPEAT = 4
FILTERS = (
    "filter=unlicensed",
    "filter=unlicensed&sort=-added",
    "filter=unlicensed&last=1",
    "filter=with&subscription=1",
    "filter=without&subscription=1",
    "filter=blocked",
    "filter=blocked&sort=user",
    "filter=must-change",
    "filter=expiring",
    "filter=never-signed-in",
    f"domain={DOMAIN}",
    "department=Department+7&title=Consultant",
    "filter=role&role=Global+administrator",
    "filter=role&role=User",
    "filter=licensed&filter=blocked",
    f"filter=blocked&q={DOMAIN}",
)


def measure(stage: Stage) -> Iterator[Figure]:
    stage.databases.use(stage.crowd)
    # With every column that there is to choose.
    User.objects.filter(pk=STAFF).update(list_columns=",".join(CHOICES))
    visitor = Visitor(User.objects.get(pk=STAFF))
    listed, other = listed_pages(), other_pages()
    _check(visitor, listed | other)
    most = visitor.most_queries([*listed.values(), *other.values()])
    pages = len(listed) + len(other)
    yield at_most(8, f"Users and licenses, queries (most of {pages} pages)", most, "queries")
    floors: list[float] = []
    for pages_of_goal, goal in ((listed, 5), (other, 15)):
        for name, address in pages_of_goal.items():
            floor, page = _beside_floor(visitor, address, stage.rounds)
            floors.append(median_processor(floor))
            ratio = median_processor(page) / median_processor(floor)
            yield at_most(goal, f"Users and licenses, {name}", ratio, "x floor")
    yield yardstick("floor, processor time", median(floors) * 1000, "ms")
    yield from _against_stock(visitor, stage.rounds)
    yield from _small_and_big(visitor, stage.rounds)


def listed_pages() -> dict[str, str]:
    """Found by an index: the goal is 5 x floor."""
    pages = {}
    for sort in SORTS:
        ordered = in_order_of(User.objects.active().filter(customer=1), ListQuery(sort=sort))
        middle = _middle(ordered)
        pages[f"by {sort}, first page"] = f"{LIST}?sort={sort}"
        pages[f"by {sort}, a page in the middle"] = f"{LIST}?sort={sort}&after={middle}"
        pages[f"by {sort}, last page"] = f"{LIST}?sort={sort}&last=1"
    pages["by name downwards"] = f"{LIST}?sort=-name"
    deleted = User.objects.restorable().order_by("-deleted_at", "-pk").filter(customer=1)
    for sort in DELETED_SORTS.keys() - {"by", "deleted"}:
        pages[f"deleted by {sort}, first page"] = f"{LIST}deleted/?sort={sort}"
        pages[f"deleted by {sort}, last page"] = f"{LIST}deleted/?sort=-{sort}&last=1"
    pages["deleted, first page"] = f"{LIST}deleted/"
    pages["deleted, a page in the middle"] = f"{LIST}deleted/?after={_middle(deleted)}"
    pages["deleted, last page"] = f"{LIST}deleted/?last=1"
    matching = User.objects.active().filter(customer=1, search_text__contains=NAME)
    found = matching.count()
    pages[f"search, {found} found"] = f"{LIST}?q={NAME}"
    pages[f"search, {found} found, by added"] = f"{LIST}?q={NAME}&sort=added"
    pages[f"search, {found} found, last page"] = f"{LIST}?q={NAME}&last=1"
    pages["search, two words"] = f"{LIST}?{urlencode({'q': matching[0].display_name})}"
    pages["search, nobody found"] = f"{LIST}?q=nobody+of+this+name"
    pages["search among the deleted"] = f"{LIST}deleted/?q={NAME}"
    return pages


def other_pages() -> dict[str, str]:
    """Any other search: the goal is 15 x floor."""
    return {
        "two characters, many found": f"{LIST}?q=an",
        "two characters, few found": f"{LIST}?q=qu",
        "two characters, nobody found": f"{LIST}?q=qx",
        "one character": f"{LIST}?q=a",
        "search, all found": f"{LIST}?q={DOMAIN}",
        "search, all found, by added": f"{LIST}?q={DOMAIN}&sort=-added",
        "search, all found, last page": f"{LIST}?q={DOMAIN}&last=1",
        "filter: signed in long ago": f"{LIST}?filter=signed-in-before&date={_long_ago()}",
        "deleted by who deleted them": f"{LIST}deleted/?sort=by",
        "two characters among the deleted": f"{LIST}deleted/?q=qu",
        **{f"filter: {query}": f"{LIST}?{query}" for query in FILTERS},
    }


def _long_ago() -> str:
    return (timezone.localdate() - timedelta(days=60)).isoformat()


def _middle(users: "UserQuerySet") -> int:
    return users.values_list("pk", flat=True)[users.count() // 2]


def _check(visitor: Visitor, pages: Mapping[str, str]) -> None:
    """A page that shows nothing would be quick."""
    for name, address in pages.items():
        empty = "nobody" in name
        if (rows_of(visitor.open(address)) == 0) != empty:
            raise RuntimeError(f"{address} ({name}) shows {'somebody' if empty else 'nobody'}.")


def _beside_floor(visitor: Visitor, address: str, rounds: int) -> tuple[list[Spent], list[Spent]]:
    works = {"floor": partial(visitor.open, FLOOR), "page": partial(visitor.open, address)}
    spent = side_by_side(works, rounds=rounds, repeat=REPEAT)
    return spent["floor"], spent["page"]


def _against_stock(visitor: Visitor, rounds: int) -> Iterator[Figure]:
    support = Visitor(User.objects.get(pk=SUPPORT))
    last = ceil(Customer.objects.get(pk=1).active_users / STOCK_PAGE)
    pairs = {
        "first page": (LIST, STOCK),
        "last page": (f"{LIST}?last=1", f"{STOCK}&p={last}"),
        "search": (f"{LIST}?q={NAME}", f"{STOCK}&q={NAME}"),
    }
    for name, (page, stock) in pairs.items():
        works = {"page": partial(visitor.open, page), "stock": partial(support.open, stock)}
        support.open(stock)
        spent = side_by_side(works, rounds=rounds)
        ours, theirs = (median_processor(spent[who]) for who in ("page", "stock"))
        yield at_most(0.125, f"Users and licenses, {name}", ours / theirs, "x stock's list")
        yield yardstick(f"stock's list, {name}", theirs * 1000, "ms")


def _small_and_big(visitor: Visitor, rounds: int) -> Iterator[Figure]:
    """Pages that show as many rows for either customer."""
    sizes = Customer.objects.in_bulk([1, 2])
    both = f"{sizes[1].active_users} users against {sizes[2].active_users}"
    for name, query in (("first page", ""), ("by added, downwards", "?sort=-added")):
        works = {
            "small": partial(visitor.open, f"{SMALL}{query}"),
            "big": partial(visitor.open, f"{LIST}{query}"),
        }
        spent = side_by_side(works, rounds=rounds, repeat=REPEAT)
        small, big = (median_processor(spent[size]) for size in ("small", "big"))
        apart = max(small, big) / min(small, big)
        yield at_most(1.3, f"Users and licenses, {name}, {both}", apart, "x")
