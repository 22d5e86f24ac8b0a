from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.actor import actor_of
from customers.forms.activity import ActivityFilterForm
from customers.history import action_label, describe
from customers.models import AuditEvent, AuditEventQuerySet, Customer
from customers.roles import Capability, Reach
from customers.spreadsheets import csv_lines
from customers.tenancy import CustomerScopeMixin

from .lists import Pager, address

EXPORT_CHUNK = 2_000
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Name:
    """As the log keeps it; people have a user name besides."""

    name: str
    user_name: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        name, found, rest = text.rpartition(" (")
        is_person = bool(found) and "@" in rest and rest.endswith(")")
        return cls(name, rest[:-1]) if is_person else cls(text)


@dataclass(frozen=True, slots=True)
class Line:
    """One event as lists show it; `url` leads to a person who is still there."""

    event: AuditEvent
    details: list[str]
    url: str = ""

    @property
    def action(self) -> str:
        return action_label(self.event)

    @property
    def actor(self) -> Name:
        return Name.read(self.event.names.actor)

    @property
    def target(self) -> Name:
        return Name.read(self.event.names.target)


def lines(customer: Customer, events: Iterable[AuditEvent]) -> list[Line]:
    """Two queries, whatever the number of events: themselves and who of them is still there."""
    rows = list(events)
    people = [row.target_id for row in rows if row.target_id and row.target_type == "user"]
    living = set(customer.users.active().filter(pk__in=people).values_list("pk", flat=True))
    return [
        Line(
            row,
            describe(row),
            reverse("accounts:user-detail", args=[customer.pk, row.target_id])
            if row.target_type == "user" and row.target_id in living
            else "",
        )
        for row in rows
    ]


class FilteredEventsMixin(CustomerScopeMixin):
    """The customer's events that the role sees and the filter in the address lets through."""

    capability = Capability.SEE_ACTIVITY

    def scope(self, **kwargs: Any) -> None:
        user = actor_of(self.request)
        self.form = ActivityFilterForm(self.request.GET)
        self.form.is_valid()
        events = AuditEvent.objects.of(self.customer).seen_by(user)
        self.events: AuditEventQuerySet = self.form.apply(events)


class ActivityListView(FilteredEventsMixin, TemplateView):
    template_name = "customers/activity_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = actor_of(self.request)
        rows, pager = _page(self.request, self.events)
        names = dict.fromkeys(self.form.fields)
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "lines": lines(self.customer, rows),
            "pager": pager,
            "own_only": user.reach(Capability.SEE_ACTIVITY) == Reach.LIMITED,
            "clear_url": address(self.request, **names, before=None, after=None),
            "export_query": address(self.request, before=None, after=None).partition("?")[2],
        }


def _page(request: HttpRequest, events: AuditEventQuerySet) -> tuple[list[AuditEvent], Pager]:
    """Fifty events from a known one on, so that the oldest page costs what the newest does."""
    size = settings.PAGE_SIZE
    after, before = (_id(request.GET.get(name, "")) for name in ("after", "before"))
    if after is not None:
        upwards = events.select_related("names").filter(pk__gt=after).order_by("pk")
        rows = list(upwards[: size + 1])
        newer, rows = len(rows) > size, rows[size - 1 :: -1] if len(rows) > size else rows[::-1]
        if newer or not after:
            return rows, _pager(request, rows, newer=newer, older=after > 0)
        # Less than a page is newer: that is the first page, which is to be a full one.
        before = None
    newest = events.newest_first()
    rows = list((newest.filter(pk__lt=before) if before is not None else newest)[: size + 1])
    older, rows = len(rows) > size, rows[:size]
    return rows, _pager(request, rows, newer=before is not None, older=older)


def _pager(request: HttpRequest, rows: list[AuditEvent], *, newer: bool, older: bool) -> Pager:
    newer, older = newer and bool(rows), older and bool(rows)
    return Pager(
        _("Newest first"),
        first_url=address(request, before=None, after=None) if newer else None,
        previous_url=address(request, before=None, after=rows[0].pk) if newer else None,
        next_url=address(request, after=None, before=rows[-1].pk) if older else None,
        last_url=address(request, before=None, after=0) if older else None,
    )


def _id(text: str) -> int | None:
    """The number in an address, if it can be one."""
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(LARGEST_ID))):
        return None
    return int(text)


class ActivityExportView(FilteredEventsMixin, TemplateView):
    """All events of the filter as a file, written while it is read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        if not self.form.is_valid():
            # The list says at the field what is wrong with the filter.
            url = reverse("customers:activity-list", args=[self.customer.pk])
            return redirect(f"{url}?{request.GET.urlencode()}")
        # The viewer's zone is over when the file is written.
        zone = timezone.get_current_timezone()
        response = StreamingHttpResponse(
            csv_lines(_rows(self.events, zone)), content_type="text/csv; charset=utf-8"
        )
        day = timezone.localdate().isoformat()
        name = f"activity-{self.customer.pk}-{day}.csv"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _rows(events: AuditEventQuerySet, zone: tzinfo) -> Iterator[list[str]]:
    yield [
        _("Time (%(zone)s)") % {"zone": zone},
        _("Person"),
        _("Action"),
        _("Kind"),
        _("Target"),
        _("Changes"),
    ]
    for event in _all(events):
        with timezone.override(zone):
            details = describe(event)
        yield [
            event.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            event.names.actor or _("The portal"),
            action_label(event),
            event.target_type,
            event.names.target,
            "; ".join(details),
        ]


def _all(events: AuditEventQuerySet) -> Iterator[AuditEvent]:
    """Newest first, a chunk at a time: the log may be longer than the memory."""
    newest, before = events.newest_first(), LARGEST_ID
    while chunk := list(newest.filter(pk__lt=before)[:EXPORT_CHUNK]):
        yield from chunk
        before = chunk[-1].pk
