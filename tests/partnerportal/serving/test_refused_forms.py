"""A form that was refused is found again by Back, by whom it belongs to alone."""

import re
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages.middleware import MessageMiddleware
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve
from pytest_django import Settings

from accounts.models import User
from accounts.signin.reauthentication import take_kept
from customers.roles import Role
from partnerportal.serving import refused_forms
from partnerportal.serving.refused_forms import KEPT, RefusedFormsMiddleware
from tests.support.admin import address as admin_address
from tests.support.admin import typed
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


def test_a_page_is_shown_at_its_own_address_alone(alice: Client, cast: Cast) -> None:
    there = refuse(alice, address(cast))["Location"]
    query = there.partition("?")[2]
    for elsewhere in ("/customers/", f"/customers/{cast.contoso.pk}/users/"):
        answer = alice.get(f"{elsewhere}?{query}")
        assert (answer.status_code, "Typed by Alice" in answer.content.decode()) == (200, False)
    assert "Typed by Alice" in alice.get(there).content.decode()


@pytest.mark.parametrize("token", ["", "1", "1-x", "x", "-1", "9" * 50, "1-\0"])
def test_what_is_not_there_is_the_page_of_now(alice: Client, cast: Cast, token: str) -> None:
    refuse(alice, address(cast))
    answer = alice.get(address(cast), {"refused": token})
    assert answer.status_code == 200
    assert "Typed by Alice" not in answer.content.decode()


def test_a_session_keeps_the_last_ones(
    alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert KEPT == 20
    monkeypatch.setattr(refused_forms, "KEPT", 3)
    there = [refuse(alice, address(cast), f"Job {n}")["Location"] for n in range(4)]
    found = ["Nothing was saved yet" in alice.get(url).content.decode() for url in there]
    assert found == [False, True, True, True]


def opened(client: Client, method: str, url: str) -> HttpRequest:
    """A request whose session is loaded, and which no view has answered yet."""
    request = RequestFactory().generic(method, url, headers=BROWSER)
    request.session = client.session
    request.session.load()
    request.resolver_match = resolve(request.path)
    MessageMiddleware(lambda _request: HttpResponse()).process_request(request)
    return request


def test_of_two_tabs_at_once_each_finds_its_own(alice: Client, cast: Cast) -> None:
    requests = [opened(alice, "POST", address(cast)) for _tab in range(2)]
    pages = [HttpResponse(f"Tab {tab}") for tab in range(2)]
    refused = RefusedFormsMiddleware(lambda request: pages[requests.index(request)])
    there = [refused(request) for request in requests]
    for request in requests:
        request.session.save()
    found = [alice.get(answer["Location"]).content.decode() for answer in there]
    assert found == ["Tab 0", "Tab 1"]


def test_back_uses_up_nothing_that_the_page_of_now_had_to_tell(alice: Client, cast: Cast) -> None:
    there = refuse(alice, address(cast))["Location"]
    sent = fields(read(alice, address(cast))) | {"job_title": "Told later"}
    assert alice.post(address(cast), sent, headers=BROWSER).status_code == 302
    assert "Saved." not in alice.get(there).content.decode()
    assert "Saved." in alice.get(address(cast)).content.decode()


def test_back_uses_up_nothing_that_was_kept_during_a_proof(alice: Client, cast: Cast) -> None:
    there = refuse(alice, address(cast))["Location"]
    session = alice.session
    session["proof.sent"] = {"address": address(cast), "sent": "job_title=Kept"}
    session.save()
    taken: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        taken.append(take_kept(request).urlencode())
        return HttpResponse()

    for url in (there, address(cast)):
        request = opened(alice, "GET", url)
        RefusedFormsMiddleware(view)(request)
        request.session.save()
    assert taken == ["", "job_title=Kept"]


def test_what_is_kept_can_be_read_with_the_portals_key_alone(
    alice: Client, cast: Cast, settings: Settings
) -> None:
    there = refuse(alice, address(cast))["Location"]
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    assert "Typed by Alice" not in alice.get(there).content.decode()


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    cache.clear()
    client.force_login(cast.support)
    return client


def test_in_the_admin_a_refused_save_has_an_address_too(support: Client, cast: Cast) -> None:
    page = admin_address(User, "change", cast.uma.pk)
    sent = {**typed(support.get(page)), "user_name": "u ma", "job_title": "Typed by support"}
    there = support.post(page, sent, headers=BROWSER)["Location"]
    assert there.startswith(f"{page}?refused=1-")
    shown = support.get(there).content.decode()
    assert "Please correct the error below." in shown
    assert 'value="Typed by support"' in shown
    assert "Typed by support" not in support.get(page).content.decode()
    answer = support.post(there, {**sent, "user_name": cast.uma.user_name}, headers=BROWSER)
    assert (answer.status_code, "refused=" in answer["Location"]) == (302, False)
    assert User.objects.get(pk=cast.uma.pk).job_title == "Typed by support"


def test_an_action_of_the_admin_that_asks_once_more_has_one(support: Client, cast: Cast) -> None:
    chosen = {"action": "block", ACTION_CHECKBOX_NAME: [cast.uma.pk]}
    page = admin_address(User, "changelist")
    there = support.post(page, chosen, headers=BROWSER)["Location"]
    asked = support.get(there)
    assert asked.status_code == 200
    assert 'name="confirmed"' in asked.content.decode()
    assert support.post(there, {**chosen, "confirmed": "yes"}, headers=BROWSER)["Location"] == page
    assert User.objects.get(pk=cast.uma.pk).blocked_at is not None


def test_a_password_that_the_admin_tells_once_is_put_aside_nowhere(
    support: Client, cast: Cast
) -> None:
    chosen = {"action": "reset_password", ACTION_CHECKBOX_NAME: [cast.alice.pk]}
    sent = {**chosen, "confirmed": "yes", "epoch": cast.alice.session_epoch}
    told = support.post(admin_address(User, "changelist"), sent, headers=BROWSER)
    assert told.status_code == 200
    [slip] = told.context["slips"]
    assert slip.password in told.content.decode()


@pytest.mark.django_db
def test_the_pages_of_signing_in_are_not_kept(client: Client) -> None:
    sent = {"login": "nobody@contoso.example", "password": "x"}
    answer = client.post("/accounts/login/", sent, headers=BROWSER)
    assert answer.status_code == 200
    assert "data-answers-post" in answer.content.decode()
