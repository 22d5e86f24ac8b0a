"""What every page's frame needs. Costs nothing until a template asks for it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from customers.roles import Capability

from .menu import customer_menu

THEME_COOKIE = "theme"
THEMES = ("system", "light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "customer_menu": SimpleLazyObject(lambda: customer_menu(request)),
        "section": _section(request),
        "theme": theme_of(request),
        "may_see_customers": SimpleLazyObject(lambda: may_see_customers(user_of(request))),
        "may_see_team": SimpleLazyObject(lambda: may_see_team(user_of(request))),
        "may_see_batches": SimpleLazyObject(lambda: may_see_batches(user_of(request))),
        "second_step_is_off": SimpleLazyObject(lambda: second_step_is_off(user_of(request))),
    }


def _section(request: HttpRequest) -> str:
    """The entry of the top bar that the page is under."""
    if request.path.startswith("/batches/"):
        return "batches"
    return "customers" if hasattr(request, "customer") else ""


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def user_of(request: HttpRequest) -> User | None:
    """The signed-in person; None as well where an early error left the request without one."""
    user = getattr(request, "user", None)
    return user if isinstance(user, User) and user.is_authenticated else None


def may_see_customers(user: User | None) -> bool:
    """The list of customers is for partner staff; a customer's administrator has one's own only."""
    return bool(user and user.partner_id and user.can(Capability.SEE))


def may_see_batches(user: User | None) -> bool:
    """Running and recent is for partner staff and for customers' administrators."""
    return bool(user and user.can(Capability.SEE))


def second_step_is_off(user: User | None) -> bool:
    """For the banner: told to whom it would be required of."""
    return bool(user and user.customer_id is None and not settings.REQUIRE_MFA)


def may_see_team(user: User | None) -> bool:
    return bool(user and user.can(Capability.MANAGE_TEAM))
