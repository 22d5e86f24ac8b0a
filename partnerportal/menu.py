"""The customer menu, which has only what the roles of the signed-in user reach."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import CredentialSheet, User
from accounts.models.credentials import TO_HAND_OVER
from automation.views.requests.answering import open_requests
from customers.models import Customer
from customers.roles import Capability


@dataclass(frozen=True, slots=True)
class MenuEntry:
    label: str | Promise
    url: str
    icon: str
    current: bool
    count: int | None = None


ENTRIES = (
    (_("Users and licenses"), "accounts:user-list", "people", Capability.SEE, "users"),
    (
        _("Subscriptions"),
        "licensing:subscription-list",
        "box-seam",
        Capability.SEE_SUBSCRIPTIONS,
        "subscriptions",
    ),
    (
        _("License rules"),
        "automation:rule-list",
        "list-check",
        Capability.MANAGE_LICENSES,
        "rules",
    ),
    (
        TO_HAND_OVER,
        "accounts:sheet-list",
        "key",
        Capability.RESET_PASSWORDS,
        "passwords",
    ),
    (
        _("Requests"),
        "automation:request-list",
        "inbox",
        Capability.MANAGE_LICENSES,
        "requests",
    ),
    (
        _("Uploads"),
        "uploads:upload-list",
        "file-earmark-spreadsheet",
        Capability.MANAGE_USERS,
        "uploads",
    ),
    (
        _("Access reviews"),
        "automation:review-list",
        "clipboard-check",
        Capability.MANAGE_LICENSES,
        "reviews",
    ),
    (
        _("Activity log"),
        "customers:activity-list",
        "clock-history",
        Capability.SEE_ACTIVITY,
        "activity",
    ),
    (_("Account"), "customers:customer-account", "building", Capability.SEE, "account"),
)


def customer_menu(request: HttpRequest) -> list[MenuEntry]:
    customer = cast("Customer | None", getattr(request, "customer", None))
    user = request.user
    if customer is None or not isinstance(user, User):
        return []
    entries = [entry for entry in ENTRIES if user.can(entry[3])]
    counted = _counted(customer, user, {segment for *_rest, segment in entries})
    section = _section(request.path, customer)
    return [
        MenuEntry(
            label,
            reverse(name, args=[customer.pk]),
            icon,
            current=section == segment,
            count=counted.get(segment),
        )
        for label, name, icon, _capability, segment in entries
    ]


def _section(path: str, customer: Customer) -> str:
    """Return the segment of the entry to which a page belongs."""
    # The address of a schedule does not name its customer.
    if path.startswith(reverse("automation:schedule-list")):
        return "users"
    return path.removeprefix(f"/customers/{customer.pk}/").partition("/")[0]


def _counted(customer: Customer, user: User, segments: set[str]) -> dict[str, int]:
    """Return how much waits behind which entries, in one query: the menu stands on every page."""
    sheets = CredentialSheet.objects.open().readable_by(user).filter(customer=customer)
    waiting = {"passwords": sheets, "requests": open_requests(customer, user)}
    asked: list[QuerySet[Any, Any]] = [
        rows.order_by().values(segment=Value(segment)).annotate(number=Count("pk"))
        for segment, rows in waiting.items()
        if segment in segments
    ]
    if not asked:
        return {}
    first, *others = asked
    return dict(first.union(*others, all=True).values_list("segment", "number"))
