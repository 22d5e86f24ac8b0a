"""The switcher in the customer menu: to the same page of another customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.models import Customer
from customers.places.lists import favorite_ids, favorites_first, favorites_of, recent_customers
from customers.query_params import read_search
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin

from .finding import OF_CUSTOMERS

MOST = 20
# What another customer has as well; anything else, such as a user, is this one's own.
EVERYWHERE = {"customers:customer-detail", *(name for _label, name, _icon, _may in OF_CUSTOMERS)}
USERS = "accounts:user-list"


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Choices:
    label: str
    customers: Sequence[Choice]


class SwitchView(CustomerScopeMixin, TemplateView):
    """The customers to switch to: a page or, for the script, a panel in the menu."""

    capability = Capability.SEE

    def get_template_names(self) -> list[str]:
        is_panel = bool(getattr(self.request, "htmx", False))
        return [f"partnerportal/{'switch_panel' if is_panel else 'switch'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = read_search(self.request.GET.get("q", ""))
        at = self.request.GET.get("at", "")
        at = at if at in EVERYWHERE else USERS
        groups = [
            Choices(label, [self.choice(customer, at) for customer in customers])
            for label, customers in self.groups(text)
        ]
        return super().get_context_data(**kwargs) | {
            "q": text,
            "at": at,
            "groups": [group for group in groups if group.customers],
        }

    def groups(self, text: str) -> list[tuple[str, Sequence[Customer]]]:
        """Return what matches the text or, without one, the user's own places."""
        user = self.request.user
        if text:
            first = favorites_first(favorite_ids(user))
            found = Customer.objects.visible_to(user).matching(text).exclude(pk=self.customer.pk)
            rows = found.with_primary_domain().order_by(*first, "name", "pk")[:MOST]
            return [(_("Customers"), list(rows))]
        favorites = [one for one in favorites_of(user) if one != self.customer]
        known = {self.customer.pk, *(one.pk for one in favorites)}
        recent = [one for one in recent_customers(user) if one.pk not in known]
        return [(_("Favorites"), favorites), (_("Recent"), recent)]

    def choice(self, customer: Customer, at: str) -> Choice:
        domain = getattr(customer, "primary_domain", "") or ""
        return Choice(customer.name, domain, reverse(at, args=[customer.pk]))
