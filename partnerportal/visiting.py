"""What each user opened last: customers and users, noted as their pages are shown."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from customers.models import Customer
from customers.services.places import note_visit

# Where a customer or a user is opened; what one does there is not noted again with each page.
OPENED = {"customers:customer-detail", "accounts:user-list", "accounts:user-detail"}
# Within so many seconds the same place is noted once.
SECONDS = 600


class VisitMiddleware:
    """Note whose page was shown; a page that loads a part of itself was noted as a whole."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        customer: Customer | None = getattr(request, "customer", None)
        match, user = request.resolver_match, request.user
        shown = request.method == "GET" and response.status_code == HTTPStatus.OK
        if customer is None or match is None or not shown or getattr(request, "htmx", False):
            return response
        if match.view_name in OPENED and isinstance(user, User) and user.partner_id:
            _note(customer.pk, match.kwargs.get("user"), user)
        return response


def _note(customer: int, user: int | None, actor: User) -> None:
    """Note a place unless it is the one that was noted last."""
    key = f"place:{actor.pk}"
    last = cache.get(key) or [None, None]
    if [customer, user or last[1]] == last:
        return
    cache.set(key, [customer, user], SECONDS)
    note_visit(customer, user, actor=actor)
