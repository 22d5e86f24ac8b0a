"""The language that a user reads in."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from ..models import User

# What most people of a country read, of the languages that the portal has.
_BY_COUNTRY = {
    **dict.fromkeys(("AT", "CH", "DE", "LI"), "de"),
    **dict.fromkeys(("BE", "FR", "LU", "MC"), "fr"),
    **dict.fromkeys(
        ("AR", "BO", "CL", "CO", "CR", "CU", "DO", "EC", "ES", "GT", "HN", "MX", "NI", "PA", "PE"),
        "es",
    ),
    **dict.fromkeys(("PR", "PY", "SV", "UY", "VE"), "es"),
}


def language_of(request: HttpRequest) -> str:
    """Return the language that the user has set, else the one that the browser asks for."""
    own = known(request.user.language) if request.user.is_authenticated else ""
    return own or translation.get_language_from_request(request)


def home_language(user: User) -> str:
    """Return the language that the user has set, else the country's: where there is no browser."""
    return known(user.language) or language_in(str(user.usage_location or user.country))


def language_in(country: str) -> str:
    """Return the language of a country, else English."""
    return known(_BY_COUNTRY.get(country, "")) or settings.LANGUAGE_CODE


def known(language: str) -> str:
    """Return the language if the portal has it, else ""."""
    return language if language in dict(settings.LANGUAGES) else ""
