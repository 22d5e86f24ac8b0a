"""Asking from My apps, My account and where an application has refused; and what came of it."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applications.oidc.views.authorize import no_entry
from automation.models import LicenseRequest, RequestState
from automation.services.requests import approve_license, decline
from tests.automation.services.asked import Door, closed_door
from tests.factories import ApplicationFactory, LicenseRequestFactory, assign
from tests.support.cast import Cast

APPS = reverse("applications:my-apps")
OWN = reverse("automation:request-own")
ASK = reverse("automation:request-ask")


@pytest.fixture
def door(cast: Cast) -> Door:
    return closed_door(cast)


@pytest.fixture
def una(client: Client, door: Door) -> Client:
    client.force_login(door.user)
    return client


def ask_url(door: Door) -> str:
    return f"{ASK}?application={door.application.pk}"


def test_a_closed_application_is_one_click_from_asking_for_it(una: Client, door: Door) -> None:
    page = una.get(APPS).text
    assert "Ask for Team Chat" in page
    assert f'href="{ask_url(door)}"' in page
    answer = una.post(
        ask_url(door), {"wish": str(door.product.pk), "words": "New project"}, follow=True
    )
    assert answer.redirect_chain == [(OWN, 302)]
    assert "You asked for Team Chat." in answer.text
    assert LicenseRequest.objects.get().words == "New project"
    page = una.get(APPS).text
    assert "You asked for it on" in page
    assert f'href="{OWN}"' in page


def test_the_page_of_a_refusal_offers_it_too(una: Client, door: Door) -> None:
    request = una.get(APPS).wsgi_request
    user = User.objects.with_roles().get(pk=door.user.pk)
    assert ask_url(door) in no_entry(request, user, door.application).text


def test_a_second_click_asks_no_second_time(una: Client, door: Door) -> None:
    sent = {"wish": str(door.product.pk), "words": ""}
    una.post(ask_url(door), sent)
    answer = una.post(ask_url(door), sent, follow=True)
    assert answer.redirect_chain == [(OWN, 302)]
    assert "You have asked already" in answer.text
    assert LicenseRequest.objects.count() == 1


def test_what_is_not_there_to_ask_for_is_said_at_the_form(una: Client, door: Door) -> None:
    answer = una.post(ask_url(door), {"wish": "999999", "words": ""})
    assert "Choose from the list." in answer.text
    assert not LicenseRequest.objects.exists()


def test_a_reason_that_is_too_long_keeps_what_was_typed(una: Client, door: Door) -> None:
    long = "x" * 256
    answer = una.post(ask_url(door), {"wish": str(door.product.pk), "words": long})
    assert "Shorten this to 255 characters" in answer.text
    assert long in answer.text


def test_an_application_of_another_partner_is_a_404(una: Client, cast: Cast) -> None:
    other = ApplicationFactory.create(partner=cast.litware)
    for text in (str(other.pk), "x", "9" * 30, "-1"):
        assert una.get(ASK, {"application": text}).status_code == 404


def test_from_my_account_one_asks_for_any_license_of_the_customer(una: Client, door: Door) -> None:
    page = una.get(reverse("accounts:me")).text
    assert f'href="{ASK}"' in page
    una.post(ASK, {"wish": str(door.product.pk), "words": ""})
    assert LicenseRequest.objects.get().application == ""
    assert "Teams" in una.get(reverse("accounts:me")).text


def test_who_has_all_is_told_that_there_is_nothing(una: Client, door: Door) -> None:
    assign(door.pool, door.user)
    assert "Nothing to ask for" in una.get(ASK).text
    assert "You have all licenses that can be asked for." in una.get(OWN).text
    assert ASK not in una.get(reverse("accounts:me")).text


def test_a_refusal_shows_its_word_and_when_one_may_ask_again(
    una: Client, cast: Cast, door: Door
) -> None:
    request = LicenseRequestFactory.create(
        user=door.user, product=door.product, application="Team Chat"
    )
    decline(request, actor=cast.gail, words="Ask your manager first.")
    page = una.get(OWN).text
    assert "Ask your manager first." in page
    assert "Declined by Gail on" in page
    assert "You can ask again on" in una.get(APPS).text
    assert "Nothing to ask for" in una.get(ask_url(door)).text


def test_after_the_approval_my_apps_shows_the_application(
    una: Client, cast: Cast, door: Door
) -> None:
    request = LicenseRequestFactory.create(
        user=door.user, product=door.product, application="Team Chat"
    )
    approve_license(request, actor=cast.gail)
    found = una.get(APPS).context
    assert [row.name for row in found["opened"]] == ["Team Chat"]
    assert found["closed"] == []
    assert "Approved by Gail on" in una.get(OWN).text


def test_one_cancels_the_own_request_and_sees_no_others(
    una: Client, cast: Cast, door: Door
) -> None:
    own = LicenseRequestFactory.create(user=door.user, product=door.product)
    other = LicenseRequestFactory.create(user=cast.uma, product=door.product)
    cancel = "automation:request-cancel"
    for pk in (other.pk, 9_000_000_000):
        assert una.post(reverse(cancel, args=[pk])).status_code == 404
    answer = una.post(reverse(cancel, args=[own.pk]), follow=True)
    assert "Your request for Teams is canceled." in answer.text
    assert [row.request for row in answer.context["rows"]] == [own]
    assert "Canceled by" in una.post(reverse(cancel, args=[own.pk]), follow=True).text
    other.refresh_from_db()
    assert other.state == RequestState.OPEN


def test_staff_are_led_to_their_account(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    for url in (OWN, ASK):
        assert client.get(url).headers["Location"] == reverse("accounts:me")


def test_lists_cost_the_same_however_long_they_are(
    una: Client, door: Door, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    over = {
        "state": RequestState.DECLINED,
        "answered_by": door.user,
        "answered_at": "2026-01-01T00Z",
    }
    LicenseRequestFactory.create(user=door.user, **over)
    with django_assert_max_num_queries(14) as few:
        una.get(OWN)
    LicenseRequestFactory.create_batch(5, user=door.user, **over)
    with django_assert_max_num_queries(len(few)):
        una.get(OWN)


def test_the_choice_of_several_says_which_is_which(una: Client, cast: Cast, door: Door) -> None:
    assign(door.pool, door.user, services_off=["CHAT", "CALLS"])
    door.application.opening_plans.create(plan=door.product.plans.get(code="CALLS"))
    assert "which is off in your license for Teams" in una.get(ask_url(door)).text
