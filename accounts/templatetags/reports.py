"""Figures of reports in words and as charts, which need no script and no style of their own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.formats import figure
from customers.models import Customer
from customers.places.lists import users_at_ends
from licensing.models import Subscription

from ..queries.reports.charts import (
    SPARK_HEIGHT,
    SPARK_WIDTH,
    chart,
    seat_sparks,
    seats_over_time,
    spark_path,
    users_over_time,
)
from ..queries.reports.rows import UserFigures

register = template.Library()


@register.simple_tag
def signed(change: int | None) -> str:
    """Return a change with its sign, or a dash where nothing is known of the month before."""
    if change is None:
        return "–"
    if not change:
        return "0"
    return f"{'+' if change > 0 else '−'}{figure(abs(change))}"


@register.simple_tag
def users_text(users: UserFigures) -> str:
    """Return a customer's users in a line: how many, the most, and how they became so many."""
    parts = [_("Users: %(count)s") % {"count": figure(users.users)}]
    if users.change is not None:
        parts[0] += f" ({signed(users.change)})"
    parts.append(_("peak %(count)s") % {"count": figure(users.peak)})
    flows = (
        (users.added, _("%(count)s added")),
        (users.deleted, _("%(count)s deleted")),
        (users.restored, _("%(count)s restored")),
    )
    parts += [text % {"count": figure(count)} for count, text in flows if count]
    return ", ".join(parts)


@register.inclusion_tag("accounts/chart_of_seats.html")
def seats_chart(subscription: Subscription) -> dict[str, Any]:
    """Draw the seats of a subscription over time, with a table of its months."""
    days, months = seats_over_time(subscription)
    series = {
        (_("Seats bought"), "bought"): [(row.day, row.bought) for row in days],
        (_("Assigned"), "assigned"): [(row.day, row.assigned) for row in days],
    }
    return {"chart": chart(series), "months": months}


@register.inclusion_tag("accounts/chart_of_users.html")
def users_chart(customer: Customer) -> dict[str, Any]:
    """Draw the users of a customer over time, with a table of its months."""
    days, months = users_over_time(customer)
    series = {(_("Users"), "assigned"): [(row.day, row.users) for row in days]}
    return {"chart": chart(series), "months": months}


@register.simple_tag
def sparks_of_users(customers: Iterable[Customer]) -> dict[int, SafeString]:
    """Return a small chart of each customer's users, by customer: `users_by_month` is annotated."""
    label = _("Users at the end of each month")
    return {row.pk: _spark(users_at_ends(row), label) for row in customers}


@register.simple_tag
def sparks_of_seats(subscriptions: Iterable[Subscription]) -> dict[int, SafeString]:
    """Return a small chart of each subscription's assigned seats, by subscription."""
    found = seat_sparks(subscriptions, timezone.localdate())
    label = _("Seats assigned at the end of each month")
    return {pk: _spark(values, label) for pk, values in found.items()}


@register.filter
def of_row(sparks: Mapping[int, SafeString], pk: int) -> SafeString | str:
    return sparks.get(pk, "")


def _spark(values: Sequence[int], label: str) -> SafeString:
    if len(values) < 2:
        return SafeString("")
    return format_html(
        '<svg class="spark" viewBox="0 -2 {} {}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}: {}"><path d="{}"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT + 4,
        label,
        ", ".join(map(figure, values)),
        spark_path(values),
    )
