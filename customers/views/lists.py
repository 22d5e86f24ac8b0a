"""Addresses of lists, which keep the order of columns and the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ..formats import figure


@dataclass(frozen=True, slots=True)
class Pager:
    """Links for components/pagination.html; an address is None where there is nothing to go to."""

    summary: str
    first_url: str | None = None
    previous_url: str | None = None
    next_url: str | None = None
    last_url: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading for components/sort_header.html."""

    label: str
    url: str
    direction: str
    is_figure: bool


# A new order begins at its first page, however the list keeps its place in the address.
PLACE = dict.fromkeys(("page", "after", "before", "last"))


def address(request: HttpRequest, **changes: object) -> str:
    """Return this page's own address with other parameters; None or "" takes one out."""
    # A copy of the parameters would be parsed anew for each of a page's addresses.
    query = [
        (name, value)
        for name, values in request.GET.lists()
        if name not in changes
        for value in values
    ]
    query += [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
    return f"?{urlencode(query)}" if query else request.path


def columns(
    request: HttpRequest, order: str, labels: Mapping[str, str | Promise], figures: set[str]
) -> list[Column]:
    """Return the headings; `order` is the column that sorts now, with "-" where it sorts downwards.

    A first click sorts text upwards and figures downwards, a second one turns it round.
    """
    now = order.removeprefix("-")
    found = []
    for name, label in labels.items():
        first = f"-{name}" if name in figures else name
        turned = name if order.startswith("-") else f"-{name}"
        url = address(request, sort=turned if name == now else first, **PLACE)
        direction = ("descending" if order.startswith("-") else "ascending") if name == now else ""
        found.append(Column(str(label), url, direction, name in figures))
    return found


def place_text(first: int, last: int, of: int) -> str:
    """Return which rows a page shows of so many, in words."""
    place = {"first": figure(first), "last": figure(last), "all": figure(of)}
    return _("%(first)s to %(last)s of %(all)s") % place


def page_links(request: HttpRequest, page: "Page[Any]") -> Pager:
    """Return a pager that keeps the place as the number of a page."""
    back, on, last = page.has_previous(), page.has_next(), page.paginator.num_pages
    return Pager(
        place_text(page.start_index(), page.end_index(), page.paginator.count),
        first_url=address(request, page=None) if back else None,
        previous_url=address(request, page=page.number - 1) if back else None,
        next_url=address(request, page=page.number + 1) if on else None,
        last_url=address(request, page=last) if on else None,
    )
