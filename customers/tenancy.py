"""The gate to each page: whose data it is and whether the role allows it, before any handler."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .models import Customer, CustomerQuerySet
from .narrowing import narrowing_of, why_not
from .query_params import LARGEST_ID
from .requests import PortalView
from .roles import Capability, Role, whom_to_ask
from .services.messages import Query

# Adds to customers what a page tells beside its own, for this user and these numbers.
Beside = Callable[..., CustomerQuerySet]


class Asker(NamedTuple):
    """All of a user on which it depends what they see, but for the numbers of rows."""

    of_partner: bool
    limited_to_customers: bool
    roles: tuple[Role, ...]

    def user(self, pk: int, owner: int) -> Any:
        """Return a user who has nothing else, of the partner or customer of that number."""
        user: Any = get_user_model()(pk=pk, limited_to_customers=self.limited_to_customers)
        user.partner_id, user.customer_id = (owner, None) if self.of_partner else (None, owner)
        user.roles = self.roles
        return user


def asker_of(user: Any) -> Asker | None:
    """Return what a question can be kept by for this user and all who have the same rights.

    None for support staff, who see no customer, and where a token leaves less of the rights.
    """
    if narrowing_of(user.pk) or not (user.partner_id or user.customer_id):
        return None
    return Asker(user.partner_id is not None, user.limited_to_customers, user.roles)


def get_customer(
    user: Any, pk: int, capability: Capability, *, among: CustomerQuerySet | None = None
) -> Customer:
    """Return the customer. Raise Http404 if the user may not see it, PermissionDenied by role."""
    customer = visible_customer(user, pk, among=among)
    require(user, capability)
    return customer


def visible_customer(
    user: Any,
    pk: int,
    *,
    among: CustomerQuerySet | None = None,
    beside: Beside | None = None,
    numbers: tuple[int, ...] = (),
) -> Customer:
    """Return the customer. Raise Http404 if the user may not see it."""
    if pk > LARGEST_ID:
        # No row has it, as Django would see by itself: a kept statement is sent as it is.
        raise Http404
    asker = asker_of(user) if among is None else None
    if asker:
        owner = user.partner_id or user.customer_id
        found: list[Customer] = kept_question(asker, beside).objects(user.pk, owner, pk, *numbers)
    else:
        customers = Customer.objects.all() if among is None else among
        found = list(_visible(customers, user, pk, beside, numbers))
    if not found:
        raise Http404
    return found[0]


@lru_cache(maxsize=256)
def kept_question(asker: Asker, beside: Beside | None) -> Query:
    """Return the question of all who have the same rights: each page within a customer asks it, and
    to write it down takes longer than the database's answer.
    """

    def build(user: int, owner: int, pk: int, *numbers: int) -> CustomerQuerySet:
        return _visible(Customer.objects.all(), asker.user(user, owner), pk, beside, numbers)

    return Query(build)


def _visible(
    customers: CustomerQuerySet,
    user: Any,
    pk: int,
    beside: Beside | None,
    numbers: tuple[int, ...],
) -> CustomerQuerySet:
    if beside:
        customers = beside(customers, user, *numbers)
    visible = customers.visible_to(user).select_related("partner").with_primary_domain()
    return visible.filter(pk=pk).order_by()


def require(user: Any, capability: Capability, target: Any = None) -> None:
    """Raise PermissionDenied, saying who can, unless the roles allow this (on this user)."""
    if not user.can(capability):
        raise PermissionDenied(why_not(user, capability))
    if target is not None and not user.can(capability, target):
        raise PermissionDenied(why_beyond_reach(user, capability))


def why_beyond_reach(user: Any, capability: Capability) -> str:
    """Return the refusal that the user acted on is an administrator, naming the roles that can."""
    text = _("This user is an administrator, whom your role can't manage.")
    return f"{text} {whom_to_ask(capability, staff=bool(user.partner_id))}"


class RoleMixin(PortalView):
    """A page of the portal as such: it needs a capability, not a customer."""

    capability: ClassVar[Capability] = Capability.SEE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        if user.partner_id is None and user.customer_id is None:
            raise Http404
        require(user, self.capability)
        self.scope(**kwargs)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def scope(self, **kwargs: Any) -> None:
        """Fetch what the address names, or raise Http404; before any handler runs."""


class CustomerScopeMixin(PortalView):
    """A page within one customer: `self.customer` is set, and `request.customer` for the menu."""

    capability: ClassVar[Capability] = Capability.SEE
    customer: Customer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pk = kwargs.pop("customer")
        self.customer = self.find_customer(pk)
        self.kwargs.pop("customer", None)
        # Known before the role is asked: the page of a refusal has the customer's menu, too.
        self.request.customer = self.customer
        require(self.request.user, self.capability)
        self.scope(**kwargs)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def find_customer(self, pk: int) -> Customer:
        """Return the customer, with what else the page needs in the same query, or raise
        Http404.
        """
        return visible_customer(self.request.user, pk)

    def scope(self, **kwargs: Any) -> None:
        """Fetch what else the address names, or raise Http404; before any handler runs."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"customer": self.customer}
