from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from accounts.models import User


def actor_of(request: HttpRequest) -> "User":
    """Who is signed in; the middleware has sent everybody else to the sign-in page."""
    return cast("User", request.user)
