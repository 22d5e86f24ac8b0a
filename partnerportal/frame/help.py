"""Help with each page, in three lines, and the keyboard shortcuts: a panel, or its own page."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.help_words import HELP as OF_ACCOUNTS
from api.help_words import HELP as OF_API
from applications.help_words import HELP as OF_APPLICATIONS
from automation.help_words import HELP as OF_AUTOMATION
from customers.query_params import local_address
from customers.views.help_words import HELP as OF_CUSTOMERS
from licensing.help_words import HELP as OF_LICENSING
from uploads.help_words import HELP as OF_UPLOADS

from ..context import KEYS_COOKIE, keys_are_off
from .cookies import keep

OF_PORTAL: dict[tuple[str, ...], tuple[str | Promise, ...]] = {
    ("search",): (
        _("Finds users of all your customers, customers and their pages."),
        _(
            "Type part of a name, a user name, an email address or the last digits of a phone"
            " number."
        ),
        _("“upload contoso” leads straight to a page of a customer."),
    ),
}
GROUPS: tuple[Mapping[tuple[str, ...], tuple[str | Promise, ...]], ...] = (
    *(OF_PORTAL, OF_CUSTOMERS, OF_LICENSING, OF_ACCOUNTS),
    *(OF_API, OF_APPLICATIONS, OF_AUTOMATION, OF_UPLOADS),
)
# By the name of a page's address.
HELP = {name: lines for group in GROUPS for names, lines in group.items() for name in names}


@require_safe
@never_cache
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the help of the page that the address names: as a part of that page for its script."""
    context = {
        "lines": HELP.get(request.GET.get("page", ""), ()),
        "keys_are_off": keys_are_off(request),
        "back": local_address(request, request.GET.get("next", ""), ""),
    }
    as_part = request.headers.get("HX-Request") == "true"
    name = "partnerportal/help_panel.html" if as_part else "partnerportal/help.html"
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    """Remember in the browser whether single keys do anything, and return to the page."""
    response = redirect(local_address(request, request.POST.get("next", ""), reverse("home")))
    keep(response, KEYS_COOKIE, "off" if request.POST.get("keys") == "off" else "")
    return response
