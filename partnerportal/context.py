"""Context of the frame of every page, which costs nothing until a template asks for it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from automation.queries.bell import Bell, is_told
from customers.roles import Capability

from .frame.at_work import work_of
from .frame.branding import brand_of, helper_of
from .frame.counts import counts_on
from .menu import customer_menu, is_favorite

THEME_COOKIE = "theme"
KEYS_COOKIE = "keys"
THEMES = ("system", "light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context; `section` is the entry of the top bar that the page is under, `frame`
    the base of a page that may be within a customer or not, as those of errors.
    """
    section = "customers" if hasattr(request, "customer") else ""
    if request.path.startswith("/batches/"):
        section = "batches"
    if request.path == "/scheduled/":
        section = "scheduled"
    if request.path.startswith("/notices/"):
        section = "notices"
    within = getattr(request, "customer", None)
    return {
        "frame": "customer_base.html" if within else "base.html",
        "customer": within,
        "customer_menu": SimpleLazyObject(lambda: customer_menu(request)),
        "is_favorite": SimpleLazyObject(lambda: is_favorite(request)),
        "section": section,
        "theme": theme_of(request),
        "keys_are_off": keys_are_off(request),
        "work": SimpleLazyObject(lambda: work_of(counts_on(request))),
        "brand": SimpleLazyObject(lambda: brand_of(request)),
        "helper": SimpleLazyObject(lambda: helper_of(request)),
        "bell": SimpleLazyObject(lambda: bell_on(request)),
        "may_see_customers": SimpleLazyObject(lambda: may_see_customers(user_of(request))),
        "may_see_applications": SimpleLazyObject(lambda: may_see_applications(user_of(request))),
        "may_see_catalog": SimpleLazyObject(lambda: may_see_catalog(user_of(request))),
        "may_see_team": SimpleLazyObject(lambda: may_see_team(user_of(request))),
        "may_see_batches": SimpleLazyObject(lambda: may_see_batches(user_of(request))),
        "may_search": SimpleLazyObject(lambda: may_search(user_of(request))),
        "may_have_tokens": SimpleLazyObject(lambda: may_have_tokens(user_of(request))),
        "second_step_is_off": SimpleLazyObject(lambda: second_step_is_off(user_of(request))),
    }


def bell_on(request: HttpRequest) -> Bell | None:
    """Return what the bell tells; None for those who have none."""
    return Bell(counts_on(request).new) if is_told(user_of(request)) else None


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def keys_are_off(request: HttpRequest) -> bool:
    """Return whether the browser's user wants single keys to do nothing (WCAG 2.1.4)."""
    return request.COOKIES.get(KEYS_COOKIE) == "off"


def user_of(request: HttpRequest) -> User | None:
    """Return the user who is signed in; None too where an early error left the request without."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_authenticated else None


def may_see_customers(user: User | None) -> bool:
    """Return whether the list of customers is theirs: partner staff's, not an administrator's."""
    return bool(user and user.partner_id and user.can(Capability.SEE))


def may_see_batches(user: User | None) -> bool:
    """Return whether Running and recent is theirs: partner staff's and administrators'."""
    return bool(user and user.can(Capability.SEE))


def may_search(user: User | None) -> bool:
    """Return whether the search in the top bar is theirs: of support staff it is the admin's."""
    return bool(user and user.can(Capability.SEE))


def may_have_tokens(user: User | None) -> bool:
    """Return whether scripts can act as them: whoever has a role, but support staff."""
    return bool(user and user.can(Capability.SEE))


def second_step_is_off(user: User | None) -> bool:
    """Return whether the banner says that the second step is off: to those who run the portal."""
    return bool(user and user.is_staff and not settings.REQUIRE_MFA)


def may_see_applications(user: User | None) -> bool:
    return bool(user and user.can(Capability.MANAGE_APPLICATIONS))


def may_see_catalog(user: User | None) -> bool:
    return bool(user and user.can(Capability.MANAGE_CATALOG))


def may_see_team(user: User | None) -> bool:
    return bool(user and user.can(Capability.MANAGE_TEAM))
