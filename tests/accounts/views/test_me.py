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
    assert client.get("/me/account/").context["form"].initial == {"time_zone": "Asia/Tokyo"}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "x" * 10_000, "Asia/Tokyo\x00", "<b>", "../etc"])
def test_unknown_time_zone_is_refused(client: Client, cast: Cast, zone: str) -> None:
    client.force_login(cast.uma)
    response = client.post("/me/account/", {"time_zone": zone})
    assert response.context["form"].errors == {"time_zone": ["Choose a time zone from the list."]}
    cast.uma.refresh_from_db()
    assert cast.uma.time_zone == ""
