"""In which language a user reads, with a browser and without."""

import pytest
from django.test import RequestFactory

from accounts.signin.languages import home_language, known, language_in, language_of
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("own", "browser", "found"),
    [("", "", "en"), ("", "fr-CA, en", "fr"), ("de", "fr", "de"), ("", "tlh", "en")],
)
def test_a_page_is_in_ones_own_language_or_the_browsers(
    cast: Cast, own: str, browser: str, found: str
) -> None:
    request = RequestFactory().get("/", headers={"accept-language": browser} if browser else {})
    cast.uma.language = own
    request.user = cast.uma
    assert language_of(request) == found


@pytest.mark.parametrize(
    ("own", "country", "found"),
    [("", "AT", "de"), ("", "MX", "es"), ("", "JP", "en"), ("fr", "AT", "fr"), ("xx", "FR", "fr")],
)
def test_without_a_browser_it_is_ones_own_or_the_countrys(
    cast: Cast, own: str, country: str, found: str
) -> None:
    user = UserFactory.create(customer=cast.contoso, language=own, usage_location=country)
    assert home_language(user) == found


def test_what_the_portal_does_not_speak_is_english() -> None:
    assert [known("tlh"), known("es"), language_in("")] == ["", "es", "en"]
