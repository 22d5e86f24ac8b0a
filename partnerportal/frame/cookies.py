"""What a browser keeps between visits: the theme, whether single keys act, whose page it is."""

from django.conf import settings
from django.http import HttpResponse

A_YEAR = 365 * 24 * 60 * 60


def keep(response: HttpResponse, name: str, value: str) -> None:
    """Have the browser keep a value for a year, where no script reads it; "" ends that."""
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(
        name,
        value,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
