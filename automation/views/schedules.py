"""What waits for its time: of one customer, of all of them, and of one user."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import User
from accounts.views.tabs import Tab, user_tabs
from accounts.views.user_cards import Card
from accounts.views.user_rows import State
from customers.formats import figure
from customers.log.history import kind_label
from customers.models import BatchState, Customer
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin, RoleMixin
from customers.views.lists import PLACE, address, page_links

from ..due import in_words
from ..models import PlanKind, Schedule, ScheduleState
from ..queries.schedules import about, ahead, for_list, is_under_way, names_of, over, seen_by

PAST = "past"


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A row of a list; `names` are its users where they are few."""

    schedule: Schedule
    names: list[str]

    @property
    def label(self) -> str:
        return kind_label(self.schedule.kind, None)

    @property
    def url(self) -> str:
        return reverse("automation:schedule-detail", args=[self.schedule.pk])

    @property
    def who(self) -> str:
        number: int = self.schedule.number  # type: ignore[attr-defined]
        if self.names:
            return ", ".join(self.names)
        return ngettext("%(count)s user", "%(count)s users", number) % {"count": figure(number)}

    @property
    def when(self) -> str:
        return when_of(self.schedule)

    @property
    def state(self) -> State:
        return state_of(self.schedule)


def when_of(schedule: Schedule) -> str:
    return in_words(schedule.on, schedule.at, schedule.zone)


def state_of(schedule: Schedule) -> State:
    """Return its state in a word; of one that has begun that of its batch, which is loaded."""
    batch = schedule.batch
    if schedule.state != ScheduleState.BEGUN or batch is None:
        tones = {ScheduleState.WAITING: "info", ScheduleState.FAILED: "danger"}
        return State(
            tones.get(ScheduleState(schedule.state), "neutral"), schedule.get_state_display()
        )
    if is_under_way(schedule):
        return State("info", _("Running"))
    if batch.state == BatchState.DONE and batch.failed:
        return State("warning", _("Incomplete"))
    return State("success", _("Done"))


class ScheduleListMixin(TemplateView):
    """A list of what is ahead, or with `?show=past` of what is over."""

    template_name = "automation/schedule_list.html"

    def rows(self) -> QuerySet[Schedule]:
        raise NotImplementedError

    def listed(self, request: HttpRequest) -> dict[str, Any]:
        past, rows = request.GET.get("show") == PAST, self.rows()
        chosen = over(rows) if past else ahead(rows)
        paginator = Paginator(for_list(chosen), settings.PAGE_SIZE)
        # Counted without what a row shows.
        paginator.count = chosen.count()
        page = paginator.get_page(request.GET.get("page", ""))
        found = list(page.object_list)
        names = names_of(found)
        return {
            "rows": [ScheduleRow(row, names.get(row.pk, [])) for row in found],
            "past": past,
            "pager": page_links(request, page) if page.has_other_pages() else None,
            "views": [
                Tab(_("Ahead"), address(request, show=None, **PLACE), not past),
                Tab(_("Past"), address(request, show=PAST, **PLACE), past),
            ],
        }


class CustomerScheduleListView(CustomerScopeMixin, ScheduleListMixin):
    """Of one customer: a tab beside its users."""

    capability = Capability.SEE

    def rows(self) -> QuerySet[Schedule]:
        return seen_by(self.request.user).filter(customer=self.customer)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.user
        removals = reverse("automation:leave-list", args=[self.customer.pk])
        return (
            super().get_context_data(**kwargs)
            | self.listed(self.request)
            | {
                "tabs": user_tabs(self.customer, actor, current="scheduled"),
                "removals_url": removals if actor.can(Capability.MANAGE_USERS) else "",
            }
        )


class ScheduleListView(RoleMixin, ScheduleListMixin):
    """Of all customers that one may see."""

    capability = Capability.SEE
    template_name = "automation/schedule_list_all.html"

    def rows(self) -> QuerySet[Schedule]:
        return seen_by(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = self.listed(self.request) | {"section": "scheduled"}
        return super().get_context_data(**kwargs) | listed


def scheduled_tab(customer: Customer, viewer: User, current: str) -> Tab:
    """Return the tab beside a customer's users."""
    count = getattr(customer, "schedules_ahead", None)
    if count is None:
        count = ahead(seen_by(viewer)).filter(customer=customer).count()
    url = reverse("automation:schedule-customer", args=[customer.pk])
    return Tab(_("Scheduled (%(count)s)") % {"count": figure(count)}, url, current == "scheduled")


def scheduled_card(user: User, viewer: User) -> Card | None:
    """Return the card of what waits for a user; None where nothing does.

    The steps of a plan to remove them are in that one's card (cards.leave_card).
    """
    waits = about(user, viewer)
    if viewer.can(Capability.MANAGE_USERS, user):
        waits = [row for row in waits if not row.plan or row.plan.kind != PlanKind.LEAVE]
    rows = [ScheduleRow(row, []) for row in waits]
    return Card("automation/user_scheduled.html", {"rows": rows}) if rows else None
