"""A customer's administrator asks the partner for seats."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView

from customers.errors import Refused
from customers.forms.fields import say_at_field
from customers.query_params import local_address, read_id
from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin
from licensing.models import Product

from ...forms.requests import SeatsRequestForm
from ...services.requests import ask_for_seats


class SeatsAskView(CustomerScopeMixin, FormView[SeatsRequestForm]):
    """`?product=` and `?seats=` are filled in beforehand, `?next=` is where it leads back to."""

    capability = Capability.MANAGE_LICENSES
    template_name = "automation/seats_ask.html"
    form_class = SeatsRequestForm

    def scope(self, **kwargs: Any) -> None:
        if self.request.user.customer_id is None:
            raise PermissionDenied(
                _("Only the customer's own administrators ask the partner for seats.")
            )

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET
        seats = read_id(asked.get("seats", "")) or 1
        return {"product": read_id(asked.get("product", "")), "seats": seats}

    def get_form_kwargs(self) -> dict[str, Any]:
        partner = self.customer.partner_id
        here = Product.objects.filter(
            pk__in=self.customer.subscriptions.current().values("product")
        )
        offered = Product.objects.known_to(partner).filter(is_offered=True)
        self.products = (here | offered).distinct().order_by("name", "pk")
        return super().get_form_kwargs() | {"products": self.products}

    def form_valid(self, form: SeatsRequestForm) -> HttpResponse:
        values = form.cleaned_data
        try:
            ask_for_seats(**values, customer=self.customer, asker=self.request.user)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.form_invalid(form)
        text = _("%(partner)s was asked for seats of %(product)s. You will be told the answer.")
        names = {"partner": self.customer.partner.name, "product": values["product"].name}
        messages.success(self.request, text % names)
        return redirect(self.back_url)

    @property
    def back_url(self) -> str:
        default = reverse("automation:request-list", args=[self.customer.pk])
        return local_address(self.request, self.request.GET.get("next", ""), default)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"back_url": self.back_url}
