"""What lists of every kind keep in their address: the order of columns and the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.core.paginator import Page
from django.db import models
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=models.Model)

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Pager:
    """For components/pagination.html; an address is None where there is nothing to go to."""

    summary: str
    first_url: str | None = None
    previous_url: str | None = None
    next_url: str | None = None
    last_url: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """For components/sort_header.html."""

    label: str
    url: str
    direction: str
    is_figure: bool


# A new order begins at its first page, however the list keeps its place in the address.
PLACE = dict.fromkeys(("page", "after", "before", "last"))


def address(request: HttpRequest, **changes: object) -> str:
    """This page's own address with other parameters; None or "" takes one out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path


def columns(
    request: HttpRequest, order: str, labels: Mapping[str, str | Promise], figures: set[str]
) -> list[Column]:
    """`order` is the column that sorts now, with "-" before it where it sorts downwards.

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


def page_links(request: HttpRequest, page: "Page[Any]") -> Pager:
    """A pager that keeps the place as the number of a page."""
    figures = {"first": page.start_index(), "last": page.end_index(), "all": page.paginator.count}
    back, on, last = page.has_previous(), page.has_next(), page.paginator.num_pages
    return Pager(
        _("%(first)s to %(last)s of %(all)s")
        % {name: number_format(value, force_grouping=True) for name, value in figures.items()},
        first_url=address(request, page=None) if back else None,
        previous_url=address(request, page=page.number - 1) if back else None,
        next_url=address(request, page=page.number + 1) if on else None,
        last_url=address(request, page=last) if on else None,
    )


def page_by_id(request: HttpRequest, rows: models.QuerySet[Row]) -> tuple[list[Row], Pager]:
    """A page of what is newest by id, from a known row on: the oldest one costs no more.

    The address has `before` (an id) or `after`; `after=0` is the last page.
    """
    size = settings.PAGE_SIZE
    after, before = (read_id(request.GET.get(name, "")) for name in ("after", "before"))
    if after is not None:
        upwards = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        newer, found = len(upwards) > size, upwards[:size][::-1]
        if newer or not after:
            return found, _pager_by_id(request, found, newer=newer, older=after > 0)
        # Less than a page is newer: that is the first page, which is to be a full one.
        before = None
    newest = rows.order_by("-pk")
    found = list((newest if before is None else newest.filter(pk__lt=before))[: size + 1])
    older, found = len(found) > size, found[:size]
    return found, _pager_by_id(request, found, newer=before is not None, older=older)


def _pager_by_id(request: HttpRequest, rows: list[Row], *, newer: bool, older: bool) -> Pager:
    newer, older = newer and bool(rows), older and bool(rows)
    return Pager(
        _("Newest first"),
        first_url=address(request, before=None, after=None) if newer else None,
        previous_url=address(request, before=None, after=rows[0].pk) if newer else None,
        next_url=address(request, after=None, before=rows[-1].pk) if older else None,
        last_url=address(request, before=None, after=0) if older else None,
    )


def read_id(text: str) -> int | None:
    """The number in an address, if it can be an id."""
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(LARGEST_ID))):
        return None
    return int(text)
