"""The customer menu, which has only what the roles of the signed-in user reach."""

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.credentials import TO_HAND_OVER
from customers.models import Customer
from customers.roles import Capability

from .frame.counts import STAR, counts_on


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
    waiting = counts_on(request).waiting
    section = _section(request.path, customer)
    return [
        MenuEntry(
            label,
            reverse(name, args=[customer.pk]),
            icon,
            current=section == segment,
            count=waiting.get(segment),
        )
        for label, name, icon, capability, segment in ENTRIES
        if user.can(capability)
    ]


def is_favorite(request: HttpRequest) -> bool:
    """Return whether the customer of the page has a star of the user's."""
    return bool(counts_on(request).waiting.get(STAR))


def _section(path: str, customer: Customer) -> str:
    """Return the segment of the entry to which a page belongs."""
    # The address of a schedule does not name its customer.
    if path.startswith(reverse("automation:schedule-list")):
        return "users"
    return path.removeprefix(f"/customers/{customer.pk}/").partition("/")[0]
