"""The gate to each page: whose data it is and whether the role allows it, before any handler."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .models import Customer, CustomerQuerySet
from .narrowing import why_not
from .requests import PortalView
from .roles import Capability, whom_to_ask


def get_customer(
    user: Any, pk: int, capability: Capability, *, among: CustomerQuerySet | None = None
) -> Customer:
    """Return the customer. Raise Http404 if the user may not see it, PermissionDenied by role."""
    customer = visible_customer(user, pk, among=among)
    require(user, capability)
    return customer


def visible_customer(user: Any, pk: int, *, among: CustomerQuerySet | None = None) -> Customer:
    """Return the customer. Raise Http404 if the user may not see it."""
    customers = Customer.objects.all() if among is None else among
    customer = (
        customers.visible_to(user)
        .select_related("partner")
        .with_primary_domain()
        .filter(pk=pk)
        .first()
    )
    if customer is None:
        raise Http404
    return customer


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
        self.customer = visible_customer(self.request.user, pk, among=self.customers())
        self.kwargs.pop("customer", None)
        # Known before the role is asked: the page of a refusal has the customer's menu, too.
        self.request.customer = self.customer
        require(self.request.user, self.capability)
        self.scope(**kwargs)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def customers(self) -> CustomerQuerySet:
        """Return the customers to choose from, with what else the page needs in the same query."""
        return Customer.objects.all()

    def scope(self, **kwargs: Any) -> None:
        """Fetch what else the address names, or raise Http404; before any handler runs."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"customer": self.customer}
