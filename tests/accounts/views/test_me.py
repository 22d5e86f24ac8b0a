"""My account: what one has and may, and one's own time zone."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.actions import Action
from customers.models import AuditEvent
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory, assign
from tests.support.cast import Cast
from tests.support.html import problems


def licensed(cast: Cast) -> tuple[Subscription, Subscription]:
    """Uma has Teams without its CALLS plan, and Mail, which is suspended."""
    teams = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    )
    mail = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Mail", plans=["INBOX"])
    )
    assign(teams, cast.uma, services_off=["CALLS"])
    assign(mail, cast.uma)
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.SUSPENDED)
    return teams, mail


def test_my_account_shows_the_services_that_are_on(client: Client, cast: Cast) -> None:
    licensed(cast)
    client.force_login(cast.uma)
    response = client.get("/me/account/")
    found = [(row.product, row.is_suspended, row.services) for row in response.context["licenses"]]
    assert found == [("Mail", True, []), ("Teams", False, ["Chat"])]
    assert ("User name", "uma@contoso.example") in response.context["facts"]
    assert ("Permissions", "User") in response.context["facts"]
    assert problems(response.content.decode()) == []


@pytest.mark.parametrize("who", ["alice", "bob", "gail", "support"])
def test_every_user_has_an_account_page(client: Client, cast: Cast, who: str) -> None:
    client.force_login(getattr(cast, who))
    response = client.get("/me/account/")
    assert response.status_code == 200
    assert problems(response.content.decode()) == []


def test_queries_of_my_account_do_not_grow_with_the_licenses(client: Client, cast: Cast) -> None:
    client.force_login(cast.uma)
    SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(plans=["A"]), holders=[cast.uma]
    )
    client.get("/me/account/")
    with CaptureQueriesContext(connection) as one:
        client.get("/me/account/")
    licensed(cast)
    with CaptureQueriesContext(connection) as three:
        client.get("/me/account/")
    assert len(three) == len(one)


def test_time_zone_is_saved_once_and_applies(client: Client, cast: Cast) -> None:
    client.force_login(cast.uma)
    for _time in range(2):
        response = client.post("/me/account/", {"time_zone": "Asia/Tokyo"})
        assert response["Location"] == "/me/account/"
    cast.uma.refresh_from_db()
    assert cast.uma.time_zone == "Asia/Tokyo"
    event = AuditEvent.objects.get(action=Action.USER_CHANGED)
    assert event.changes == {"time_zone": ["", "Asia/Tokyo"]}
    found = client.get("/me/account/").context["form"].initial
    assert found == {"time_zone": "Asia/Tokyo", "language": ""}


def test_a_language_applies_from_its_choice_on_whatever_the_browser_asks(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.uma)
    response = client.post("/me/account/", {"language": "de"}, follow=True)
    assert "Ihre Einstellungen wurden gespeichert." in response.text
    assert '<html lang="de"' in response.text
    assert response.headers["Content-Language"] == "de"
    french = client.get("/me/account/", headers={"accept-language": "fr"})
    assert '<html lang="de"' in french.text
    stranger = Client().get("/accounts/login/", headers={"accept-language": "fr"})
    assert '<html lang="fr"' in stranger.text
    assert '<html lang="en"' in Client().get("/accounts/login/").text


@pytest.mark.parametrize("zone", ["Mars/Olympus", "x" * 10_000, "Asia/Tokyo\x00", "<b>", "../etc"])
def test_unknown_time_zone_is_refused(client: Client, cast: Cast, zone: str) -> None:
    client.force_login(cast.uma)
    response = client.post("/me/account/", {"time_zone": zone})
    assert response.context["form"].errors == {"time_zone": ["Choose a time zone from the list."]}
    cast.uma.refresh_from_db()
    assert cast.uma.time_zone == ""
