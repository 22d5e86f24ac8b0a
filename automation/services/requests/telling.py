"""Who hears of a request, and of its answer."""

from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from accounts.models import User, UserQuerySet
from customers.roles import CUSTOMER_ROLES, STAFF_ROLES, Capability, Role, reach

from ...models import LicenseRequest


def tell_of_request(request: LicenseRequest, *, now: datetime | None = None) -> None:
    """Tell those who can answer it."""


def tell_of_answer(request: LicenseRequest, *, now: datetime | None = None) -> None:
    """Tell the user who has asked."""


def end_telling(request: LicenseRequest) -> None:
    """Let nobody be told any more that it waits."""


def answerers(request: LicenseRequest) -> UserQuerySet:
    """Return who is told of it: of a license the customer's administrators, and where there is
    none but the one who asks, or it is for seats, the partner's staff.
    """
    living = User.objects.active().filter(blocked_at=None).exclude(pk=request.user_id)
    if not request.is_for_seats:
        there = _with(living.filter(customer=request.customer_id), Capability.MANAGE_LICENSES)
        if there.exists():
            return there
    customer = request.customer
    staff = living.filter(partner=customer.partner_id, is_machine=False).filter(
        Q(limited_to_customers=False) | Q(allowed_customers=customer)
    )
    needed = Capability.MANAGE_SUBSCRIPTIONS if request.is_for_seats else Capability.MANAGE_LICENSES
    return _with(staff, needed)


def _with(users: UserQuerySet, capability: Capability) -> UserQuerySet:
    every: tuple[Role, ...] = (*STAFF_ROLES, *CUSTOMER_ROLES)
    roles = [role for role in every if reach([role], capability)]
    return users.filter(groups__name__in=roles).distinct().with_roles()


def address_for_answer(request: LicenseRequest) -> str:
    """Return the page where the request is answered."""
    return reverse("automation:request-detail", args=[request.customer_id, request.pk])
