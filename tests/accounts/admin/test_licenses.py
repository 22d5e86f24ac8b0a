"""Licenses in the admin: given, switched and taken through the services, and kept in the list."""

import pytest
from django.test import Client

from licensing.models import LicenseAssignment, Subscription
from tests.accounts.verbs import held, subscribe
from tests.factories import assign
from tests.support.admin import act, address, errors, told
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    """With one seat, and the plans CHAT and MAIL."""
    return subscribe(cast, "Teams", quantity=1)


def give(client: Client, user: int, subscription: Subscription, off: str = "") -> object:
    sent = {"user": user, "subscription": subscription.pk, "services_off": off}
    return client.post(address(LicenseAssignment, "add"), sent)


def test_a_license_is_given_with_its_services(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    give(support, cast.uma.pk, teams, " CHAT , CHAT,")
    assert held(cast.uma) == [("Teams", ["CHAT"])]
    teams.refresh_from_db()
    assert teams.assigned == 1


def test_services_are_switched_on_and_off(support: Client, cast: Cast, teams: Subscription) -> None:
    assign(teams, cast.uma, services_off=["CHAT"])
    row = LicenseAssignment.objects.get()
    url = address(LicenseAssignment, "change", row.pk)
    assert support.get(url).context["adminform"].form.initial["services_off"] == "CHAT"
    support.post(url, {"services_off": "MAIL"})
    assert held(cast.uma) == [("Teams", ["MAIL"])]
    support.post(url, {"services_off": ""})
    assert held(cast.uma) == [("Teams", [])]


def test_a_plan_that_the_product_has_not_is_refused_with_those_that_it_has(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    found = errors(give(support, cast.uma.pk, teams, "CHAT, SMS, FAX"))
    assert found["services_off"] == ["No plan of this product: FAX, SMS. There are: CHAT, MAIL."]
    assert held(cast.uma) == []


def test_user_and_subscription_are_of_one_customer(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    found = errors(give(support, cast.alice.pk, teams))
    assert found["__all__"] == ["The user and the subscription belong to different customers."]


def test_what_the_service_refuses_stands_on_the_form(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    assign(teams, cast.uma)
    again = errors(give(support, cast.uma.pk, teams))
    assert "already has this license" in str(again)
    short = errors(give(support, cast.gail.pk, teams))
    assert "1 seat is missing." in str(short)
    assert LicenseAssignment.objects.count() == 1


@pytest.mark.parametrize("way", ["page", "list"])
def test_what_was_taken_away_stays_listed_and_is_not_touched_again(
    support: Client, cast: Cast, teams: Subscription, way: str
) -> None:
    assign(teams, cast.uma)
    row = LicenseAssignment.objects.get()
    if way == "page":
        support.post(address(LicenseAssignment, "delete", row.pk), {"post": "yes"})
    else:
        act(support, "delete_selected", row, confirmed="yes")
    assert held(cast.uma) == []
    row.refresh_from_db()
    assert row.released_at is not None
    url = address(LicenseAssignment, "change", row.pk)
    assert support.post(url, {"services_off": "CHAT"}).status_code == 403
    assert told(act(support, "delete_selected", row, confirmed="yes"))


@pytest.mark.parametrize("live, number", [("yes", 1), ("no", 1), ("maybe", 2), ("", 2)])
def test_the_list_shows_those_held_now_or_given_back(
    support: Client, cast: Cast, teams: Subscription, live: str, number: int
) -> None:
    assign(teams, cast.uma)
    act(support, "delete_selected", LicenseAssignment.objects.get(), confirmed="yes")
    assign(teams, cast.gail)
    page = support.get(address(LicenseAssignment, "changelist"), {"live": live} if live else {})
    assert len(page.context["cl"].result_list) == number
