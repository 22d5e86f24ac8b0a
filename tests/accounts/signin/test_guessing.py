"""Passwords that are guessed first are refused wherever a user chooses one, with what to do."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from tests.factories import CustomerFactory, UserFactory
from tests.support.cast import PASSWORD, Cast

REPEATS, RUN = "it repeats itself", "it is a run of letters or digits"
NAME = "it is made of a name that others know"
WORDS = "it is made of words, names or dates that are tried first"
# What an attack was let choose, and more of each kind.
GUESSED = {
    "aaaaaaaaaaaa": REPEATS,
    "passwordpassword": REPEATS,
    "letmeinletmein": REPEATS,
    "abcabcabcabc": REPEATS,
    "contosocontoso": REPEATS,
    "Hunter2Hunter2": REPEATS,
    "ab" * 40: REPEATS,
    "uma@contoso.example": NAME,
    "telechargement": WORDS,
    "abcdefghijkl": RUN,
    "zyxwvutsrqponm": RUN,
    "123456789012": WORDS,
    "1q2w3e4r5t6y": WORDS,
    "qwertyuiop12": WORDS,
    "Password123!": WORDS,
    "Welcome12345": WORDS,
    "iloveyou1234": WORDS,
    "Passw0rd12345": WORDS,
    "Winter2026!!!": WORDS,
    "Summer2026Summer": WORDS,
    "tigerelephant": WORDS,
    "partnerportal": NAME,
    "PartnerPortal1": NAME,
    "Partner-Portal": NAME,
    "Contoso12345": NAME,
    "Contoso-2026!!": NAME,
    "C0nt0s02026!": NAME,
    "Fabrikam2026!": NAME,
    "fabrikam-contoso": NAME,
}
TAKEN = [
    "seven wooden rivers",
    PASSWORD,
    "correct horse battery staple",
    "x7#kQ9vLp2mZ",
    "Zwölf blaue Kühe",
    "七つの木の川と青い牛たち",
    "b3e0c7a1-4f4d-4c55-9b1e-6a7f8d9e0c1b",
    "seven wooden rivers " * 40,
]


def refused(password: str, user: User | None) -> list[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return list(error.messages)
    return []


@pytest.mark.parametrize("password", GUESSED)
def test_what_is_guessed_first_is_refused_with_why_and_what_to_do(
    password: str, cast: Cast
) -> None:
    [text] = refused(password, User.objects.get(pk=cast.uma.pk))
    assert text.startswith(f"This password is easy to guess: {GUESSED[password]}. ")
    assert text.endswith("Take three or four words that have nothing to do with each other.")


@pytest.mark.parametrize("password", TAKEN)
def test_what_takes_long_to_guess_is_taken(password: str, cast: Cast) -> None:
    assert refused(password, cast.uma) == []


def test_a_short_one_is_told_to_be_longer_and_no_more(cast: Cast) -> None:
    for password in ("x7#kQ9v", "aaaaaaaa", "Contoso1"):
        [text] = refused(password, cast.uma)
        assert "12 characters" in text


def test_names_count_of_whom_they_belong_to_and_of_nobody_else(cast: Cast) -> None:
    customer = CustomerFactory.create(name="Wingtip Brewing & Söhne", partner=cast.litware)
    user = UserFactory.create(
        customer=customer, display_name="Ottilie Hagedorn", user_name="o.hagedorn@wingtip.example"
    )
    for password in ("wingtip brewing", "WingtipBrewing7", "litware2026!!", "hagedorn-2026"):
        assert refused(password, user), password
    assert refused("wingtip brewing", cast.uma) == []
    assert refused("litware2026!!", cast.charlie)
    assert refused("partner portal", None)


def choose(cast: Cast, password: str) -> Any:
    User.objects.filter(pk=cast.uma.pk).update(must_change_password=True)
    client = Client()
    client.force_login(User.objects.get(pk=cast.uma.pk))
    sent = {"password1": password, "password2": password}
    return client.post("/accounts/password/choose/", sent)


def change(cast: Cast, password: str) -> Any:
    cast.gives_password(cast.uma)
    client = Client()
    client.force_login(User.objects.get(pk=cast.uma.pk))
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    return client.post("/accounts/password/change/", sent)


@pytest.mark.parametrize("where", [choose, change])
@pytest.mark.parametrize("password", ["Contoso12345", "Fabrikam2026!", "iloveyou1234"])
def test_the_pages_refuse_it_at_the_field(
    where: Callable[[Cast, str], Any], password: str, cast: Cast
) -> None:
    answer = where(cast, password)
    assert answer.status_code == 200
    [text] = answer.context["form"].errors["password1"]
    assert text.startswith("This password is easy to guess: it is made of")
    stored = User.objects.get(pk=cast.uma.pk)
    assert not stored.check_password(password)
    assert where(cast, "seven wooden rivers").status_code == 302
    assert User.objects.get(pk=cast.uma.pk).check_password("seven wooden rivers")


def test_to_judge_the_longest_takes_no_time_worth_mentioning(cast: Cast) -> None:
    """The worst that is known are letters that stand for others, mixed."""
    worst = ("(24<9]||9321$5+7{@&!%0" * 200)[:4096]
    validate_password("seven wooden rivers", cast.uma)
    begun = time.thread_time()
    refused(worst, cast.uma)
    assert time.thread_time() - begun < 1
