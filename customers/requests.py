"""The requests of users who are signed in."""

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from django.views import View
from django.views.generic.base import TemplateResponseMixin

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from accounts.models import User

    from .models import Customer


class PortalRequest(HttpRequest):
    """A request whose user is signed in. For types alone: Django makes its own."""

    user: "User"
    # On the pages of one customer, for the menu.
    customer: "Customer"
    htmx: "HtmxDetails"


class PortalView(TemplateResponseMixin, View):
    """A view for users who are signed in; the middleware sends everybody else to sign in.

    A TemplateResponseMixin, since that declares a request of its own, of Django's type.
    """

    request: PortalRequest


def signed_in(request: HttpRequest) -> PortalRequest:
    """Return the request, which comes from where its type is Django's: the admin, a middleware."""
    return cast(PortalRequest, request)
