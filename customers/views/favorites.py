"""The star of a customer, which each user sets for themselves."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from customers.errors import Refused
from customers.query_params import local_address
from customers.roles import Capability
from customers.services.places import set_favorite
from customers.tenancy import CustomerScopeMixin


class FavoriteView(CustomerScopeMixin, View):
    """Set the star or take it off, and return to the page where it was clicked."""

    capability = Capability.SEE

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        on = request.POST.get("on") == "1"
        try:
            set_favorite(self.customer, on=on, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = _("%(name)s is a favorite.") if on else _("%(name)s is no longer a favorite.")
            messages.success(request, text % {"name": self.customer.name})
        home = reverse("customers:customer-detail", args=[self.customer.pk])
        return redirect(local_address(request, request.POST.get("next", ""), home))
