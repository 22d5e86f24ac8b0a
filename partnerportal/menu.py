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
from customers.places.rows import Favorite
from customers.roles import Capability


@dataclass(frozen=True, slots=True)
class MenuEntry:
    label: str | Promise
    url: str
    icon: str
    current: bool
    count: int | None = None


STAR = "favorite"
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
    counted = _counted(request, customer, user)
    section = _section(request.path, customer)
    return [
        MenuEntry(
            label,
            reverse(name, args=[customer.pk]),
            icon,
            current=section == segment,
            count=counted.get(segment),
        )
        for label, name, icon, capability, segment in ENTRIES
        if user.can(capability)
    ]


def is_favorite(request: HttpRequest) -> bool:
    """Return whether the customer of the page has a star of the user's."""
    customer = cast("Customer | None", getattr(request, "customer", None))
    user = request.user
    if customer is None or not isinstance(user, User):
        return False
    return bool(_counted(request, customer, user).get(STAR))


def _section(path: str, customer: Customer) -> str:
    """Return the segment of the entry to which a page belongs."""
    # The address of a schedule does not name its customer.
    if path.startswith(reverse("automation:schedule-list")):
        return "users"
    return path.removeprefix(f"/customers/{customer.pk}/").partition("/")[0]


def _counted(request: HttpRequest, customer: Customer, user: User) -> dict[str, int]:
    """Return how much waits behind which entries, in one query: the menu stands on every page.

    The star is counted with them.
    """
    known: dict[str, int] | None = getattr(request, "menu_counts", None)
    if known is not None:
        return known
    segments = {segment for *_rest, may, segment in ENTRIES if user.can(may)}
    sheets = CredentialSheet.objects.open().readable_by(user).filter(customer=customer)
    waiting: dict[str, QuerySet[Any, Any]] = {
        name: rows
        for name, rows in (
            ("passwords", sheets),
            ("requests", open_requests(customer, user)),
        )
        if name in segments
    }
    if user.partner_id:
        waiting[STAR] = Favorite.objects.filter(owner=user, customer=customer)
    asked: list[QuerySet[Any, Any]] = [
        rows.order_by().values(segment=Value(segment)).annotate(number=Count("pk"))
        for segment, rows in waiting.items()
    ]
    found: dict[str, int] = {}
    if asked:
        first, *others = asked
        found = dict(first.union(*others, all=True).values_list("segment", "number"))
    cast("Any", request).menu_counts = found
    return found
