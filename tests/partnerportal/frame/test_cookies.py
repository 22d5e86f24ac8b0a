"""What a browser keeps: for a year, out of reach of scripts, until it is taken back."""

from django.http import HttpResponse
from pytest_django import Settings

from partnerportal.frame.cookies import A_YEAR, keep


def test_it_is_kept_for_a_year_and_no_script_reads_it(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    response = HttpResponse()
    keep(response, "theme", "dark")
    cookie = response.cookies["theme"]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("dark", A_YEAR, "Lax")
    assert cookie["httponly"]
    assert cookie["secure"]


def test_nothing_ends_it() -> None:
    response = HttpResponse()
    keep(response, "theme", "")
    assert (response.cookies["theme"].value, response.cookies["theme"]["max-age"]) == ("", 0)
