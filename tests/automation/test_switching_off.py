"""What a link in an email means, and that nobody but the portal makes one."""

import pytest
from django.core import signing
from pytest_django import Settings

from automation.models import LetterChannel, NoticeKind
from automation.switching_off import SwitchOff, absolute, path_of, read


def token_of(what: SwitchOff) -> str:
    return path_of(what).removeprefix("/notices/off/").removesuffix("/")


@pytest.mark.parametrize(
    "what",
    [
        SwitchOff(7, LetterChannel.DAILY),
        SwitchOff(7, LetterChannel.AT_ONCE, NoticeKind.SCHEDULE_FAILED),
    ],
)
def test_a_link_means_what_it_was_made_for(what: SwitchOff) -> None:
    assert read(token_of(what)) == what


def test_a_link_outlives_a_change_of_the_key_as_long_as_the_old_one_is_listed(
    settings: Settings,
) -> None:
    token = token_of(SwitchOff(7, LetterChannel.DAILY))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert read(token) == SwitchOff(7, LetterChannel.DAILY)
    settings.SECRET_KEY_FALLBACKS = []
    assert read(token) is None


@pytest.mark.parametrize(
    "value", [[7, "fax", ""], [7, "daily", "nonsense"], ["x", "daily", ""], 7, [7, "daily"]]
)
def test_what_it_can_not_mean_is_none(value: object) -> None:
    assert read(signing.dumps(value, salt="automation.switching_off")) is None


def test_what_was_signed_for_something_else_is_none() -> None:
    assert read(signing.dumps([7, "daily", ""])) is None


def test_addresses_in_emails_are_whole(settings: Settings) -> None:
    settings.OIDC_ISSUER = "https://portal.example"
    assert absolute("/notices/") == "https://portal.example/notices/"
