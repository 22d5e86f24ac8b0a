"""The brand of a request: of the user's partner; before sign-in, of the host or of a link.

A link names a partner by a made-up slug, and the device keeps it in a cookie, so that signing out
comes back to the same page. What leads to no partner is the portal's own page, and says no more.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from accounts.models import User
from customers.branding.brands import Brand, brand_from, brand_named
from customers.branding.look import SLUG_LENGTH
from customers.branding.pages import PARTNER_PARAM, portal_host

from .cookies import keep

COOKIE = "partner"
_UNKNOWN: Any = object()


class BrandMiddleware:
    """The keeper of the cookie by which a device comes back to its partner's sign-in page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "public" in response.headers.get("Cache-Control", ""):
            # Whoever keeps the answer would hand on the cookie with it.
            return response
        kept = slug = request.COOKIES.get(COOKIE, "")
        user = getattr(request, "user", None)
        if isinstance(user, User) and not user.is_staff:
            own = brand_of_user(user)
            slug = own.slug if own and own.has_look else ""
        elif _linked(request) is not None and (linked := brand_of(request)):
            slug = linked.slug
        if slug == kept:
            return response
        keep(response, COOKIE, slug)
        return response


def brand_of(request: HttpRequest) -> Brand | None:
    """Return what the page presents; None for the portal's own, as of support staff."""
    state: Any = request
    found: Brand | None = getattr(state, "brand_of_page", _UNKNOWN)
    if found is _UNKNOWN:
        found = None
        # A page of an error is shown without it.
        with suppress(DatabaseError, InterfaceError, DisallowedHost):
            found = state.brand_of_page = _find(request)
    return found


def helper_of(request: HttpRequest) -> Brand | None:
    """Return whom the reader of the page calls: a partner's staff are those who are called."""
    brand = brand_of(request)
    user = getattr(request, "user", None)
    is_staff = isinstance(user, User) and user.customer_id is None
    return brand if brand and brand.help_line and not is_staff else None


def _find(request: HttpRequest) -> Brand | None:
    user = getattr(request, "user", None)
    if isinstance(user, User):
        return brand_of_user(user)
    # The password was right, and a second step is asked for.
    waiting = getattr(request, "user_waiting", None)
    if isinstance(waiting, User):
        return brand_of_user(waiting)
    host, _port = split_domain_port(request.get_host())
    if host == portal_host():
        host = ""
    slug = _linked(request)
    if slug is None:
        slug = request.COOKIES.get(COOKIE, "")
    if len(slug) != SLUG_LENGTH or not (slug.isascii() and slug.isalnum()):
        slug = ""
    return brand_named(slug=slug, host=host) if slug or host else None


def brand_of_user(user: User) -> Brand | None:
    """Return the brand of the partner of a user who was looked up to sign in or by a session."""
    return brand_from(getattr(user, "brand_facts", None))


def _linked(request: HttpRequest) -> str | None:
    """Return the slug in the address of the sign-in page; None on all other pages, or without."""
    match = request.resolver_match
    is_sign_in = match is not None and match.view_name == "account_login"
    return request.GET.get(PARTNER_PARAM) if is_sign_in else None
