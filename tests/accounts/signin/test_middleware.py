"""The browser's door, request by request: whose rows, which page first, which clock."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.signin.admission import Hindrance
from accounts.signin.middleware import (
    OPEN_TO_STEPLESS,
    OPEN_TO_TEMPORARY,
    ScopeMiddleware,
    TimeZoneMiddleware,
    lead,
)
from customers import scope
from tests.accounts.signin.second_steps import give_app, prove
from tests.factories import UserFactory
from tests.support.cast import Cast

SETUP = "/accounts/2fa/"
CHOOSE = "/accounts/password/choose/"


def request_at(path: str, user: User | None = None) -> HttpRequest:
    request = RequestFactory().get(path)
    request.resolver_match, request.session = resolve(path), SessionBase()
    if user:
        request.user = user
    return request


def test_a_request_begins_and_ends_with_nobodys_rows(cast: Cast) -> None:
    seen = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(scope.current())
        scope.enter(scope.SUPPORT)
        return HttpResponse()

    with scope.within(scope.TASKS):
        ScopeMiddleware(answer)(RequestFactory().get("/"))
        assert scope.current() == scope.TASKS
    assert seen == [scope.NOBODY]


def test_what_is_written_after_the_answer_is_in_the_scope_of_the_request(cast: Cast) -> None:
    seen: list[Any] = []

    def rows() -> Iterator[str]:
        seen.append(scope.current())
        yield "row"

    def answer(request: HttpRequest) -> StreamingHttpResponse:
        scope.enter(scope.SUPPORT)
        return StreamingHttpResponse(rows())

    response: Any = ScopeMiddleware(answer)(RequestFactory().get("/"))  # type: ignore[arg-type]
    assert b"".join(response.streaming_content) == b"row"
    assert seen == [scope.SUPPORT]


@pytest.mark.parametrize("name", sorted(OPEN_TO_TEMPORARY))
def test_the_pages_of_choosing_a_password_are_open(name: str) -> None:
    assert lead(request_at(reverse(name)), Hindrance.CHOOSE) is None


@pytest.mark.parametrize("name", sorted(OPEN_TO_STEPLESS))
def test_the_pages_of_setting_up_a_second_step_are_open(name: str) -> None:
    assert lead(request_at(reverse(name)), Hindrance.SET_UP) is None


@pytest.mark.parametrize("path", ["/me/", "/customers/", "/team/", "/accounts/sessions/"])
def test_every_other_page_leads_to_what_comes_first(path: str) -> None:
    for hindrance, first in ((Hindrance.CHOOSE, CHOOSE), (Hindrance.SET_UP, SETUP)):
        response = lead(request_at(path), hindrance)
        assert response is not None
        assert response.headers["Location"] == first


def test_an_address_of_no_page_leads_there_too() -> None:
    request = RequestFactory().get("/nowhere/")
    request.session = SessionBase()
    response = lead(request, Hindrance.CHOOSE)
    assert response is not None
    assert response.headers["Location"] == CHOOSE


def test_a_user_who_has_a_second_step_and_took_none_is_asked_for_it(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    give_app(cast.bob)
    client = Client()
    client.force_login(cast.bob)
    asked = client.get("/customers/").headers["Location"]
    assert asked.startswith("/accounts/2fa/reauthenticate/")
    assert "next=%2Fcustomers%2F" in asked
    prove(client, cast.bob)
    assert client.get("/customers/").status_code == 200


def test_a_form_that_is_lost_by_signing_out_is_told_of(client: Client, cast: Cast) -> None:
    response = client.post("/me/", {"time_zone": "UTC"}, follow=True)
    assert "You are signed out, so nothing was saved." in response.content.decode()
    fresh = Client()
    assert "nothing was saved" not in fresh.get("/me/", follow=True).content.decode()


def test_a_block_ends_the_next_request_and_says_why(client: Client, cast: Cast) -> None:
    nora = UserFactory.create(customer=cast.contoso, temporary=True)
    client.force_login(nora)
    User.objects.filter(pk=nora.pk).update(
        temporary_password_set_at=timezone.now() - timedelta(days=400)
    )
    response = client.get("/me/", follow=True)
    assert "This temporary password has expired." in response.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("number", ["9" * 19, "9" * 40])
def test_a_number_that_no_row_has_is_a_404_and_no_error(
    client: Client, cast: Cast, number: str
) -> None:
    client.force_login(cast.alice)
    assert client.get(f"/customers/{number}/users/").status_code == 404


def test_times_are_the_viewers_while_the_request_lasts() -> None:
    zones = []

    def answer(request: HttpRequest) -> HttpResponse:
        zones.append(timezone.get_current_timezone_name())
        return HttpResponse()

    before = timezone.get_current_timezone_name()
    TimeZoneMiddleware(answer)(request_at("/me/", User(time_zone="Asia/Tokyo")))
    assert zones == ["Asia/Tokyo"]
    assert timezone.get_current_timezone_name() == before
