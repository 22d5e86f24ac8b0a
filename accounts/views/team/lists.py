"""The team as a list, and what was done to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, F, OrderBy
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.folding import folded_words
from customers.formats import figure
from customers.log.history import details_of
from customers.log.plans import plan_names
from customers.models import AuditEvent, Partner
from customers.query_params import read_id, read_search
from customers.views.activity import EventLine
from customers.views.lists import address, columns, page_links
from customers.views.place import page_by_id

from ...models import User
from ...signin.mfa import having_second_step
from ..user_rows import State, sign_in_state
from .base import TeamMixin

LABELS = {
    "name": gettext_lazy("Display name"),
    "user": gettext_lazy("User name"),
    "seen": gettext_lazy("Last sign-in"),
}
ORDERS = {"name": "sort_name", "user": "username", "seen": "last_login"}


@dataclass(frozen=True, slots=True)
class Member:
    """A row of the team's list."""

    user: User
    customers: str
    two_step: bool

    @property
    def roles(self) -> str:
        return role_names(self.user)

    @property
    def sign_in(self) -> State:
        return sign_in_state(self.user)


class TeamListView(TeamMixin):
    template_name = "accounts/team_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = read_search(self.request.GET.get("q", ""))
        order = self.request.GET.get("sort", "name")
        if order.removeprefix("-") not in ORDERS:
            order = "name"
        users = User.objects.with_roles().active().staff_of(self.partner)
        # Staff who have never signed in come last, either way.
        column, descending = F(ORDERS[order.removeprefix("-")]), order.startswith("-")
        by = OrderBy(column, descending=descending, nulls_last=True)
        found = users.matching(folded_words(search)).order_by(by, "sort_name", "pk")
        pages = Paginator(found, settings.PAGE_SIZE)
        page = pages.get_page(self.request.GET.get("page", ""))
        limited = [user.pk for user in page if user.limited_to_customers]
        counted = User.objects.filter(pk__in=limited).annotate(n=Count("allowed_customers"))
        open_to = dict(counted.values_list("pk", "n"))
        protected = having_second_step(page)
        heads = columns(self.request, order, LABELS, {"seen"})
        return super().get_context_data(**kwargs) | {
            "rows": [
                Member(user, customers_of(open_to.get(user.pk)), user.pk in protected)
                for user in page
            ],
            "search": search,
            "keep": {} if order == "name" else {"sort": order},
            "columns": dict(zip(LABELS, heads, strict=True)),
            "pager": page_links(self.request, page),
            "clear_url": address(self.request, q=None, page=None),
        }


def role_names(user: User) -> str:
    return ", ".join(str(role.label) for role in user.roles) or str(_("None"))


def customers_of(count: int | None) -> str:
    """Return the limit in words; `count` is how many customers, None for no limit."""
    if count is None:
        return _("All")
    if not count:
        return _("None yet")
    return ngettext("%(count)s customer", "%(count)s customers", count) % {"count": figure(count)}


class TeamActivityView(TeamMixin):
    """The log of the team and of the partner itself; each customer has its own."""

    template_name = "accounts/team_activity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = AuditEvent.objects.of_team(self.partner.pk)
        asked = self.request.GET.get("user_id", "")
        wanted = read_id(asked)
        about = User.objects.filter(pk=wanted, partner=self.partner).first() if wanted else None
        if asked:
            events = events.about(about) if about else events.none()
        rows, pager = page_by_id(self.request, events.select_related("names"))
        return super().get_context_data(**kwargs) | {
            "lines": team_lines(rows, self.partner),
            "pager": pager,
            "about": about,
            "all_url": reverse("accounts:team-activity"),
            "is_gone": bool(asked and not about),
        }


def team_lines(events: Iterable[AuditEvent], partner: Partner) -> list[EventLine]:
    """Return lines that lead to those still in the team, with one query besides the events."""
    rows = list(events)
    users = [row.target_id for row in rows if row.target_id and row.target_type == "user"]
    living = User.objects.active().staff_of(partner).filter(pk__in=users)
    there = set(living.values_list("pk", flat=True))
    plans = plan_names(rows)
    return [
        EventLine(
            row,
            details_of(row, plans),
            row.target_id if row.target_type == "user" and row.target_id in there else None,
        )
        for row in rows
    ]
