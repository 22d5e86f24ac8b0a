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
    request: HttpRequest,
    rows: "models.QuerySet[Row]",
    *,
    oldest_first: bool = False,
    moment: str = "",
) -> tuple[list[Row], Pager]:
    """Return a page of the rows from a known one on, the newest first, and its pager.

    The address has `before` or `after`, an id; the last page is after 0, or before the largest.
    `moment` is the column whose index the list is read by, where ids are not in its order.
    """
    size = settings.PAGE_SIZE
    onward, back = ("after", "before") if oldest_first else ("before", "after")
    place = {name: read_id(request.GET.get(name, "")) for name in (onward, back)}
    if place[back] is not None:
        found = _window(rows, back, place[back], moment)
        more, found = len(found) > size, found[:size][::-1]
        is_last = place[back] in (0, LARGEST_ID)
        if more or is_last:
            return found, _pager(request, found, onward, back=more, on=not is_last)
        # Less than a page lies before it: that is the first page, which is to be a full one.
        place[onward] = None
    found = _window(rows, onward, place[onward], moment)
    more, found = len(found) > size, found[:size]
    return found, _pager(request, found, onward, back=place[onward] is not None, on=more)


def _window(rows: "models.QuerySet[Row]", way: str, place: int | None, moment: str) -> list[Row]:
    """Return a page of rows and one more, from the place on: after it or before it.

    Found by number first: with what is joined to them at once, it might be read for all rows.
    """
    sign, side = ("", "gt") if way == "after" else ("-", "lt")
    rows = rows.order_by(*([f"{sign}{moment}"] if moment else []), f"{sign}pk")
    found = rows
    if place is not None and moment:
        found = found.filter(beyond(rows, moment, side, place))
    elif place is not None:
        found = found.filter(**{f"pk__{side}": place})
    keys = list(found.values_list("pk", flat=True)[: settings.PAGE_SIZE + 1])
    return list(rows.filter(pk__in=keys))


def beyond(rows: "models.QuerySet[Row]", moment: str, side: str, place: int) -> Q:
    """Return the condition that a row comes beyond the one with this id, which may be in no list:
    nothing is known of the ends, nor of a row that one may not see.
    """
    known = rows.model._default_manager.filter(pk=place).values_list(moment, flat=True).first()
    if known is None:
        return Q()
    # The first condition alone is one range of the index; the second cuts off its edge.
    edge = Q(**{f"{moment}__{side}": known}) | Q(**{f"pk__{side}": place})
    return Q(**{f"{moment}__{side}e": known}) & edge


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
