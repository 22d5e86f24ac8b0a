"""Lists by id that keep their place in the address: the last page costs what the first does."""

from datetime import datetime
from typing import NamedTuple, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..query_params import LARGEST_ID, read_id
from .lists import Pager, address

Row = TypeVar("Row", bound=models.Model)


class Place(NamedTuple):
    """Where a page begins: an id, and its moment where the list is in the order of moments."""

    pk: int
    at: datetime | None = None

    @property
    def is_end(self) -> bool:
        return self.pk in (0, LARGEST_ID)


def page_by_id(
    request: HttpRequest,
    rows: "models.QuerySet[Row]",
    *,
    oldest_first: bool = False,
    moment: str = "",
    seen: "models.QuerySet[Row] | None" = None,
) -> tuple[list[Row], Pager]:
    """Return a page of the rows from a known one on, the newest first, and its pager.

    The address has `before` or `after`, an id; the last page is after 0, or before the largest.
    `moment` is the column whose index the list is read by, where ids are not in its order. Then a
    place is a row of `seen`, which are all that the user may see: where the list goes on from any
    other would tell when that one was.
    """
    size = settings.PAGE_SIZE
    onward, back = ("after", "before") if oldest_first else ("before", "after")
    begin = _place(request, onward, moment, seen)
    if end := _place(request, back, moment, seen):
        found = _window(rows, back, end, moment)
        more, found = len(found) > size, found[:size][::-1]
        if more or end.is_end:
            return found, _pager(request, found, onward, back=more, on=not end.is_end)
        # Less than a page lies before it: that is the first page, which is to be a full one.
        begin = None
    found = _window(rows, onward, begin, moment)
    more, found = len(found) > size, found[:size]
    return found, _pager(request, found, onward, back=begin is not None, on=more)


def _place(
    request: HttpRequest, name: str, moment: str, seen: "models.QuerySet[Row] | None"
) -> Place | None:
    """Return the place that the address has under this name; None where it has none."""
    pk = read_id(request.GET.get(name, ""))
    if pk is None:
        return None
    if seen is None or Place(pk).is_end:
        return Place(pk)
    at = seen.filter(pk=pk).values_list(moment, flat=True).first()
    return Place(pk, at) if at else None


def _window(rows: "models.QuerySet[Row]", way: str, place: Place | None, moment: str) -> list[Row]:
    """Return a page of rows and one more, from the place on: after it or before it.

    Found by number first: with what is joined to them at once, it might be read for all rows.
    """
    sign, side = ("", "gt") if way == "after" else ("-", "lt")
    rows = rows.order_by(*([f"{sign}{moment}"] if moment else []), f"{sign}pk")
    found = rows
    if place and place.at:
        found = found.filter(beyond(moment, side, place))
    elif place and not (moment and place.is_end):
        found = found.filter(**{f"pk__{side}": place.pk})
    keys = list(found.values_list("pk", flat=True)[: settings.PAGE_SIZE + 1])
    return list(rows.filter(pk__in=keys))


def beyond(moment: str, side: str, place: Place) -> Q:
    """Return the condition that a row comes beyond the place in the order of moments."""
    # The first condition alone is one range of the index; the second cuts off its edge.
    edge = Q(**{f"{moment}__{side}": place.at}) | Q(**{f"pk__{side}": place.pk})
    return Q(**{f"{moment}__{side}e": place.at}) & edge


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
