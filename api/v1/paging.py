"""Pages of collections, as Partner Center has them: `size`, `seekOperation`, and a token to go on.

A page is found by its place in an index, not by counting rows: the token keeps the places of the
first and last row, signed, since it comes back from outside.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from customers.query_params import read_number

from .answers import Told, kind, link
from .errors import invalid

LARGEST, USUAL = 500, 100
SALT = "api.page"
HEADER = "MS-ContinuationToken"
SEEKS = ("First", "Next", "Previous", "Last")

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """An order by a column and then by id, with an index of its own."""

    column: str
    descending: bool = False

    def turned(self) -> "Order":
        return Order(self.column, not self.descending)

    def terms(self) -> tuple[str, ...]:
        sign = "-" if self.descending else ""
        return (f"{sign}pk",) if self.column == "pk" else (f"{sign}{self.column}", f"{sign}pk")

    def behind(self, place: Any, pk: int) -> Q:
        """Return the condition that a row comes behind this place."""
        side = "lt" if self.descending else "gt"
        if self.column == "pk":
            return Q(**{f"pk__{side}": pk})
        # The first condition alone is one range of the index; the second cuts off its edge.
        edge = Q(**{f"{self.column}__{side}": place}) | Q(**{f"pk__{side}": pk})
        return Q(**{f"{self.column}__{side}e": place}) & edge

    def place_of(self, row: Model) -> list[Any]:
        value = getattr(row, self.column)
        return [value.isoformat() if hasattr(value, "isoformat") else value, row.pk]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    has_next: bool
    has_previous: bool
    token: str


def read_size(request: HttpRequest) -> int:
    """Return how many a page has; none or 0 is as many as usual. ApiError for what is no number."""
    text = request.GET.get("size", "") or "0"
    size = read_number(text)
    if size is None:
        raise invalid(_("size is a number from 1 to 500."))
    return min(size, LARGEST) or USUAL


def read_page(request: HttpRequest, rows: "QuerySet[Row, Row]", order: Order) -> Page[Row]:
    """Return the page of these rows that a request asks for, in this order."""
    size, seek = read_size(request), request.GET.get("seekOperation", "First").capitalize()
    if seek not in SEEKS:
        raise invalid(_("seekOperation is Next, Previous, First or Last."))
    sent = request.headers.get(HEADER, "")
    places: dict[str, Any] = {}
    if sent and seek in {"Next", "Previous"}:
        try:
            places = signing.loads(sent, salt=SALT)
        except signing.BadSignature:
            raise invalid(_("This MS-ContinuationToken was not made here.")) from None
        if places["order"] != list(order.terms()):
            raise invalid(_("This MS-ContinuationToken is of another list."))
        size = read_size(request) if "size" in request.GET else places["size"]
    backwards = seek in {"Previous", "Last"}
    read = order.turned() if backwards else order
    if places:
        rows = rows.filter(read.behind(*places["first" if backwards else "last"]))
    found = list(rows.order_by(*read.terms())[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    token = ""
    if found:
        first, last = order.place_of(found[0]), order.place_of(found[-1])
        told = {"first": first, "last": last, "order": list(order.terms()), "size": size}
        token = signing.dumps(told, salt=SALT, compress=True)
    came_back = seek == "Previous" and bool(places)
    return Page(
        found,
        has_next=came_back if backwards else more,
        has_previous=more if backwards else bool(places),
        token=token,
    )


def collection(
    request: HttpRequest,
    page: Page[Row],
    total: int,
    tell: Callable[[Row], Told],
    *,
    uri: str,
) -> Told:
    """Return a page as an answer; `uri` is the collection's, relative to /v1."""
    kept = {name: str(value) for name, value in request.GET.items() if name != "seekOperation"}
    links = {"self": link(_address(uri, kept))}
    for name, there in (("Next", page.has_next), ("Previous", page.has_previous)):
        if there:
            address = _address(uri, {**kept, "seekOperation": name})
            links[name.lower()] = link(address, token=page.token)
    told: Told = {
        "totalCount": total,
        "items": [tell(row) for row in page.rows],
        "links": links,
        "attributes": kind("Collection"),
    }
    if page.has_next or page.has_previous:
        told["continuationToken"] = page.token
    return told


def _address(uri: str, query: dict[str, str]) -> str:
    return f"{uri}?{urlencode(query)}" if query else uri


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of the parameter `filter`."""

    field: str
    value: str
    operator: str


def read_filters(request: HttpRequest) -> list[Filter]:
    """Return the conditions of `filter`, JSON in an address, which all have to hold.

    A simple one, or several with `and`. ApiError for anything else.
    """
    text = request.GET.get("filter", "")
    if not text:
        return []
    try:
        told = json.loads(text)
        # Half a letter, escaped, is none.
        json.dumps(told, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise invalid(_("The filter is no JSON.")) from None
    return _conditions(told, depth=0)


def _conditions(told: Any, *, depth: int) -> list[Filter]:
    wrong = invalid(_("The filter needs Field, Value and Operator."))
    if not isinstance(told, dict) or depth > 5:
        raise wrong
    given = {str(name).lower(): value for name, value in told.items()}
    operator = str(given.get("operator", "")).lower()
    if operator == "and":
        sides = (given.get("leftfilter"), given.get("rightfilter"))
        return [one for side in sides for one in _conditions(side, depth=depth + 1)]
    field, value = given.get("field"), given.get("value")
    if not isinstance(field, str) or not isinstance(value, str | int | bool) or not operator:
        raise wrong
    if "\x00" in str(value):
        raise wrong
    return [Filter(field.lower(), str(value), operator)]


def unknown_filter(one: Filter) -> Exception:
    text = _("There is no filter %(field)s %(operator)s.")
    return invalid(text % {"field": one.field[:40], "operator": one.operator[:40]})
