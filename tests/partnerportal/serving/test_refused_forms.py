"""A form that was refused is found again by Back, by whom it belongs to alone."""

import re
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from customers.roles import Role
from partnerportal.serving.refused_forms import KEPT
from tests.support.cast import Cast
from tests.support.forms import fields, read

BROWSER = {"Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    cache.clear()
    client.force_login(cast.alice)
    return client


def address(cast: Cast) -> str:
    return f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"


def refuse(client: Client, url: str, job: str = "Typed by Alice", **headers: str) -> Any:
    """Send the form with a user name that there can not be."""
    sent = {**fields(read(client, url)), "user_name": "u ma", "job_title": job}
    return client.post(url, sent, headers=headers or BROWSER)


def test_a_refused_form_has_an_address_where_it_is_as_it_was(alice: Client, cast: Cast) -> None:
    response = refuse(alice, address(cast))
    assert response.status_code == 303
    assert re.fullmatch(rf"{address(cast)}\?refused=1-[\w-]+", response["Location"])
    for _time in range(2):
        page = alice.get(response["Location"])
        assert "no-store" in page["Cache-Control"]
        html = page.content.decode()
        assert "Nothing was saved yet. Please check:" in html
        assert 'value="Typed by Alice"' in html
    assert "Typed by Alice" not in alice.get(address(cast)).content.decode()


def test_the_form_can_be_sent_from_there(alice: Client, cast: Cast) -> None:
    there = refuse(alice, address(cast))["Location"]
    sent = {**fields(alice.get(there).content.decode()), "user_name": "uma"}
    assert alice.post(there, sent, headers=BROWSER)["Location"] == address(cast)
    assert User.objects.get(pk=cast.uma.pk).job_title == "Typed by Alice"


def test_whatever_else_the_address_says_stays(alice: Client, cast: Cast) -> None:
    page = f"/customers/{cast.contoso.pk}/users/licenses/?user={cast.uma.pk}"
    sent = {"preview": "1", "on": "x"}
    location = alice.post(page, sent, headers=BROWSER)["Location"]
    assert location.startswith(f"{page}&refused=1-")
    again = alice.post(location, sent, headers=BROWSER)["Location"]
    assert again.startswith(f"{page}&refused=2-")
    assert "refused=" not in alice.get(again).content.decode()


def test_without_a_browser_the_answer_is_the_page(alice: Client, cast: Cast) -> None:
    for mode in ("cors", "same-origin"):
        response = refuse(alice, address(cast), **{"Sec-Fetch-Mode": mode})
        assert response.status_code == 200
        assert "Typed by Alice" in response.content.decode()


def test_another_session_sees_the_page_alone(alice: Client, cast: Cast) -> None:
    there = refuse(alice, address(cast))["Location"]
    other = Client()
    other.force_login(cast.alice)
    assert "Typed by Alice" not in other.get(there).content.decode()
    assert Client().get(there).status_code == 302
    alice.logout()
    assert alice.get(there).status_code == 302


def test_who_may_no_longer_see_the_page_sees_nothing_of_it(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    there = refuse(client, address(cast))["Location"]
    assert "Typed by Alice" in client.get(there).content.decode()
    cast.gail.groups.filter(name=Role.GLOBAL_ADMIN).delete()
    answer = client.get(there)
    assert answer.status_code == 403
    assert "Typed by Alice" not in answer.content.decode()


@pytest.mark.parametrize("token", ["", "1", "1-x", "x", "-1", "9" * 50, "1-\0"])
def test_what_is_not_there_is_the_page_of_now(alice: Client, cast: Cast, token: str) -> None:
    refuse(alice, address(cast))
    answer = alice.get(address(cast), {"refused": token})
    assert answer.status_code == 200
    assert "Typed by Alice" not in answer.content.decode()


def test_a_session_keeps_the_last_ones(alice: Client, cast: Cast) -> None:
    there = [refuse(alice, address(cast), f"Job {n}")["Location"] for n in range(KEPT + 1)]
    found = ["Nothing was saved yet" in alice.get(url).content.decode() for url in there]
    assert found == [False, *[True] * KEPT]


def test_what_is_kept_can_be_read_with_the_portals_key_alone(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    there = refuse(alice, address(cast))["Location"]
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    assert "Typed by Alice" not in alice.get(there).content.decode()


@pytest.mark.django_db
def test_the_pages_of_signing_in_are_not_kept(client: Client) -> None:
    sent = {"login": "nobody@contoso.example", "password": "x"}
    answer = client.post("/accounts/login/", sent, headers=BROWSER)
    assert answer.status_code == 200
    assert "data-answers-post" in answer.content.decode()
