from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth import get_user_model
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.formats import figure
from customers.forms.activity import ActivityFilterForm
from customers.log.events import AuditEventQuerySet
from customers.log.history import (
    action_label,
    batch_label,
    came_by,
    describe,
    details_of,
    kind_label,
    reason_text,
    target_name,
)
from customers.log.plans import plan_names
from customers.models import AuditEvent, Batch, Customer
from customers.narrowing import token_names
from customers.roles import Capability, Reach
from customers.tenancy import CustomerScopeMixin

from .lists import address
from .place import page_by_id

# More events of a batch that fit the filter are not counted.
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the log keeps it; users have a user name besides."""

    name: str
    user_name: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        name, found, rest = text.rpartition(" (")
        is_user = bool(found) and "@" in rest and rest.endswith(")")
        return cls(name, rest[:-1]) if is_user else cls(text)


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """The batch of an event that has others in it."""

    label: str
    users: int
    # Its events.
    url: str
    # How many of its events fit the filter, in words.
    fitting: str = ""

    @property
    def others(self) -> int:
        return self.users - 1


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as lists show it; `living_id` is the user it is about, who is still there."""

    event: AuditEvent
    details: list[str]
    living_id: int | None = None
    batch_summary: BatchSummary | None = None
    # By which token its batch came, in words.
    came_by: str = ""

    @property
    def action(self) -> str:
        return action_label(self.event)

    @property
    def actor(self) -> Name:
        return Name.read(self.event.named.actor)

    @property
    def reason(self) -> str:
        return reason_text(self.event)

    @property
    def target(self) -> Name:
        return Name.read(target_name(self.event))


def lines(
    customer: Customer | None, events: Iterable[AuditEvent], query: str = ""
) -> list[EventLine]:
    """Return the lines of events by two queries: the events, and which users are still there.

    None stands for all customers, and the team, of those whose events these are.

    One more names service plans, where some were switched. Of events `with_batch` a line tells of
    the others, and by which token they came, which is a query more where there are any; `query`
    then stays in the batch's address.
    """
    rows = list(events)
    users = [row.target_id for row in rows if row.target_id and row.target_type == "user"]
    among = customer.users.all() if customer else get_user_model().objects.all()
    # An integration is a user too, and has no page among the team's people.
    people = among.active().filter(is_machine=False, pk__in=users)
    living = set(people.values_list("pk", flat=True))
    plans = plan_names(rows)
    names = token_names({token for row in rows if (token := getattr(row, "batch_token", None))})
    return [
        EventLine(
            row,
            [*_undoes(row), *details_of(row, plans)],
            row.target_id if row.target_type == "user" and row.target_id in living else None,
            _summary(row, query) if getattr(row, "in_company", False) else None,
            came_by(getattr(row, "batch_via", None), getattr(row, "batch_token", None), names),
        )
        for row in rows
    ]


def plain_lines(events: Iterable[AuditEvent]) -> list[EventLine]:
    """Return the lines of a page that is about their target, and leads nowhere from them."""
    rows = list(events)
    plans = plan_names(rows)
    return [EventLine(row, describe(row, plans)) for row in rows]


def batch_lines(form: ActivityFilterForm, seen: AuditEventQuerySet) -> AuditEventQuerySet:
    """Return an event for each line of the log, a batch or one of its own, that fits the filter."""
    condition = form.of_event()
    events = form.of_batch(seen).lines(condition)
    return events.with_fitting(condition, COUNTED) if condition else events


def batch_came_by(batch: Batch) -> str:
    """Return by which token the batch came, in words; no query for what was done on a page."""
    tokens = {batch.token_id} if batch.token_id else set()
    return came_by(batch.via, batch.token_id, token_names(tokens))


def _undoes(event: Any) -> list[str]:
    """Return what the event of one user took back, in words; those of many say so in `_summary`."""
    undoes = getattr(event, "batch_undoes", None)
    return [kind_label(event.batch_kind, undoes)] if undoes else []


def _summary(event: Any, query: str) -> BatchSummary:
    url = reverse("customers:activity-batch", args=[event.customer_id, event.batch_id])
    fitting = ""
    if (number := getattr(event, "fitting", None)) is not None:
        fitting = (
            _("More than %(count)s entries fit the filter")
            if number > COUNTED
            else ngettext(
                "%(count)s entry fits the filter", "%(count)s entries fit the filter", number
            )
        ) % {"count": figure(min(number, COUNTED))}
    return BatchSummary(
        label=batch_label(event.batch_kind, event.batch_users, event.batch_undoes),
        users=event.batch_users,
        url=f"{url}?{query}" if query else url,
        fitting=fitting,
    )


class FilteredEventsMixin(CustomerScopeMixin):
    """The customer's events that the role sees, and the filter in the address."""

    capability = Capability.SEE_ACTIVITY

    def scope(self, **kwargs: Any) -> None:
        self.form = ActivityFilterForm(self.request.GET)
        seen = AuditEvent.objects.of(self.customer).seen_by(self.request.user)
        # What a filter that is wrong would find, was not asked for.
        self.seen = seen if self.form.is_valid() else seen.none()


class ActivityListView(FilteredEventsMixin, TemplateView):
    """The activity log: a line a batch and a line for other events; of one user, each event."""

    template_name = "customers/activity_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        about = self.form.cleaned_data.get("user_id")
        events = self.form.apply(self.seen) if about else self.batches()
        rows, pager = page_by_id(self.request, events.with_batch().select_related("names"))
        names = dict.fromkeys(self.form.fields)
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "about": self.name_of(about, rows) if about else None,
            "all_url": address(self.request, user_id=None, before=None, after=None),
            "lines": lines(self.customer, rows, self.form.event_query()),
            "pager": pager,
            "own_only": user.reach(Capability.SEE_ACTIVITY) == Reach.LIMITED,
            "clear_url": address(self.request, **names, before=None, after=None),
            "export_query": address(self.request, before=None, after=None).partition("?")[2],
        }

    def batches(self) -> AuditEventQuerySet:
        return batch_lines(self.form, self.seen)

    def name_of(self, user_id: int, rows: list[AuditEvent]) -> Name:
        """Return the user's name of today, or the last one in the log if the user is gone."""
        found = self.customer.users.filter(pk=user_id).first()
        if found:
            return Name(found.display_name, found.user_name)
        return Name.read(rows[0].named.target) if rows else Name(_("an unknown user"))


class ActivityBatchView(FilteredEventsMixin, TemplateView):
    """The users of one batch, in the order in which they were written."""

    template_name = "customers/activity_batch.html"
    batch: Batch

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        batches = self.customer.batches.select_related("undo_of").defer("undo_of__users")
        found = batches.filter(pk=kwargs["batch"]).first()
        if found is None:
            raise Http404
        self.batch = found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        of_batch = self.seen.filter(batch_id=self.batch.pk)
        first: Any = of_batch.lines().with_batch().select_related("names").first()
        kind, undone = self.batch.kind, self.batch.undo_of
        undoes = undone.kind if undone else None
        condition = self.form.of_event()
        events = of_batch.filter(condition)
        rows, pager = page_by_id(self.request, events.select_related("names"), oldest_first=True)
        return super().get_context_data(**kwargs) | {
            "batch": self.batch,
            "came_by": batch_came_by(self.batch),
            "heading": batch_label(kind, first.batch_users, undoes)
            if first
            else kind_label(kind, undoes),
            "head": EventLine(first, []) if first else None,
            "form": self.form,
            "is_narrowed": bool(condition) or not self.form.is_valid(),
            "lines": lines(self.customer, rows),
            "pager": pager,
            "clear_url": self.request.path,
        }
