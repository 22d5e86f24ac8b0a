"""Lists by id that keep their place in the address: the last page costs what the first does."""

from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..query_params import LARGEST_ID, read_id
from .lists import Pager, address

Row = TypeVar("Row", bound=models.Model)


def page_by_id(
    request: HttpRequest, rows: "models.QuerySet[Row]", *, oldest_first: bool = False
) -> tuple[list[Row], Pager]:
    """Return a page of the rows from a known one on, the newest first, and its pager.

    The address has `before` or `after`, an id; the last page is after 0, or before the largest.
    """
    size = settings.PAGE_SIZE
    onward, back = ("after", "before") if oldest_first else ("before", "after")
    place = {name: read_id(request.GET.get(name, "")) for name in (onward, back)}
    if place[back] is not None:
        found = _window(rows, back, place[back])
        more, found = len(found) > size, found[:size][::-1]
        is_last = place[back] in (0, LARGEST_ID)
        if more or is_last:
            return found, _pager(request, found, onward, back=more, on=not is_last)
        # Less than a page lies before it: that is the first page, which is to be a full one.
        place[onward] = None
    found = _window(rows, onward, place[onward])
    more, found = len(found) > size, found[:size]
    return found, _pager(request, found, onward, back=place[onward] is not None, on=more)


def _window(rows: "models.QuerySet[Row]", way: str, place: int | None) -> list[Row]:
    """Return a page of rows and one more, from the place on: after it or before it.

    Found by number first: with what is joined to them at once, it might be read for all rows.
    """
    rows = rows.order_by("pk" if way == "after" else "-pk")
    found = rows
    if place is not None:
        found = found.filter(Q(pk__gt=place) if way == "after" else Q(pk__lt=place))
    keys = list(found.values_list("pk", flat=True)[: settings.PAGE_SIZE + 1])
    return list(rows.filter(pk__in=keys))


def _pager(request: HttpRequest, rows: list[Row], onward: str, *, back: bool, on: bool) -> Pager:
    back, on = back and bool(rows), on and bool(rows)
    upwards = onward == "after"
    other, end = ("before", LARGEST_ID) if upwards else ("after", 0)
    here = {"after": None, "before": None}
    return Pager(
        _("Oldest first") if upwards else _("Newest first"),
        first_url=address(request, **here) if back else None,
        previous_url=address(request, **{**here, other: rows[0].pk}) if back else None,
        next_url=address(request, **{**here, onward: rows[-1].pk}) if on else None,
        last_url=address(request, **{**here, other: end}) if on else None,
    )
