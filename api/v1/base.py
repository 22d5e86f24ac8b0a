"""What the resources have in common: who calls, and whose data it is."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest

from accounts.models import User
from accounts.signin.proving import proves, unproven
from customers import scope
from customers.models import Customer, CustomerQuerySet
from customers.roles import Capability
from customers.tenancy import get_customer, require

from ..authentication import Caller
from .errors import invalid, no_customer, no_user
from .schemas import Problem, TooOften

# Users looked up by a statement, and those named that are missing.
CHUNK, SHOWN = 5_000, 100
# What every call may be answered besides.
REFUSED: dict[Any, Any] = {
    400: Problem,
    401: Problem,
    403: Problem,
    404: Problem,
    429: TooOften,
    503: Problem,
}
REFUSED_WRITE: dict[Any, Any] = {**REFUSED, 409: Problem}


def caller_of(request: HttpRequest) -> Caller:
    caller: Caller = request.caller  # type: ignore[attr-defined]
    return caller


def actor_of(request: HttpRequest) -> User:
    return caller_of(request).user


def customer_of(
    request: HttpRequest,
    told: UUID,
    capability: Capability = Capability.SEE,
    *,
    among: CustomerQuerySet | None = None,
) -> Customer:
    """Return the customer with this id. ApiError where it is not the caller's to see.

    PermissionDenied where the role, or the token, lacks the capability.
    """
    customers = Customer.objects.all() if among is None else among
    pk = customers.filter(uuid=told).values_list("pk", flat=True).first()
    if pk is None:
        raise no_customer()
    scope.at(pk)
    try:
        return get_customer(actor_of(request), pk, capability, among=among)
    except Http404:
        raise no_customer() from None


def user_of(
    request: HttpRequest,
    customer: Customer,
    told: UUID,
    capability: Capability | None = None,
    *,
    deleted: bool | None = False,
) -> User:
    """Return a user of the customer; `deleted` None: living or restorable.

    ApiError where there is none; PermissionDenied where this one is beyond the caller's reach.
    """
    users = User.objects.with_roles().living_or_restorable().filter(customer=customer, uuid=told)
    found = users.select_related("domain").first()
    if found is None or (deleted is not None and (found.deleted_at is not None) != deleted):
        raise no_user()
    if capability is not None:
        require(actor_of(request), capability, found)
    return found


def users_of(customer: Customer, told: Sequence[UUID], *, deleted: bool) -> list[int]:
    """Return the numbers of these users, in the order in which they were sent, each once.

    ApiError, with their ids, where the customer has some of them not.
    """
    wanted = list(dict.fromkeys(told))
    users = User.objects.restorable() if deleted else User.objects.active()
    found: dict[UUID, int] = {}
    for at in range(0, len(wanted), CHUNK):
        rows = users.filter(customer=customer, uuid__in=wanted[at : at + CHUNK])
        found |= dict(rows.values_list("uuid", "pk"))
    if missing := [str(one) for one in wanted if one not in found]:
        error = no_user()
        error.data = missing[:SHOWN]
        raise error
    return [found[one] for one in wanted]


def prove(request: HttpRequest) -> None:
    """Raise Refused, where pages ask for a second step, for a token that was made without one."""
    if not proves(caller_of(request).evidence, actor_of(request)):
        raise unproven()


def check_form(form: forms.BaseForm, names: Mapping[str, str]) -> None:
    """Raise ApiError for what is wrong in a form of the pages; `names` are those of the API.

    `data` has a line for each problem: the field, and a sentence.
    """
    if form.is_valid():
        return
    lines = []
    for field, problems in form.errors.get_json_data().items():
        named = "" if field == NON_FIELD_ERRORS else f"{names.get(field, field)}: "
        lines += [named + str(problem["message"]) for problem in problems]
    raise invalid(" ".join(lines), data=lines)
