"""The applications of the demo's Fabrikam, and where Team Chat is."""

import pytest

from accounts.models import User
from applications.gate import may_enter
from applications.models import Application, AppSession
from demo.applications import move_team_chat
from demo.cast import GAIL, UMA
from demo.companies import companies
from demo.filling import Filled, fill
from licensing.models import Subscription

URL = "http://localhost:8100"


@pytest.fixture
def filled(db: None) -> Filled:
    return fill("demo of the tests", companies(2, 170))


def test_fabrikam_has_three_and_uma_may_enter_the_one_that_is_started(filled: Filled) -> None:
    own = {row.name: row for row in Application.objects.filter(partner__name="Fabrikam")}
    assert set(own) == {"Dashboards", "Team Chat", "Team Files"}
    assert Application.objects.count() == len(own)
    uma = User.objects.get(user_name=UMA.user_name)
    gail = User.objects.get(user_name=GAIL.user_name)
    assert may_enter(uma, own["Team Chat"])
    # By a license, which not everyone has.
    assert not may_enter(gail, own["Team Chat"])
    assert may_enter(gail, own["Dashboards"])
    assert own["Dashboards"].customers.count() == 2
    seats = Subscription.objects.get(product__sku="TEAM-CHAT")
    assert (seats.customer.name, seats.assigned, seats.quantity) == ("Contoso", 8, 20)
    assert str(seats.product.partner) == "Fabrikam"
    # Set up, and to be started by those who look at it.
    assert not own["Team Files"].provisioning.is_on


def test_users_are_signed_in_where_no_server_is_told_of_it(filled: Filled) -> None:
    sessions = AppSession.objects.standing().select_related("application", "user")
    assert {row.application.name for row in sessions} == {"Dashboards", "Team Files"}
    assert all(may_enter(row.user, row.application) for row in sessions)
    assert {row.application.logout_uri for row in sessions} == {""}


def test_team_chat_moves_with_all_of_its_addresses_and_no_others(filled: Filled) -> None:
    client = filled.team_chat.application.client
    assert client is not None
    client.set_redirect_uris([*client.get_redirect_uris(), "https://chat.example/callback"])
    client.save()
    secret = filled.team_chat.secret
    assert move_team_chat(client.id, secret, "http://localhost:9001")
    moved = Application.objects.get(name="Team Chat")
    assert moved.client is not None
    assert moved.start_url == "http://localhost:9001/login"
    assert moved.logout_uri == "http://localhost:9001/backchannel-logout"
    assert moved.client.get_redirect_uris() == [
        "http://localhost:9001/callback",
        "https://chat.example/callback",
    ]
    assert moved.client.get_post_logout_redirect_uris() == ["http://localhost:9001/bye"]
    assert move_team_chat(client.id, secret, "http://localhost:9001")


def test_without_its_secret_nothing_is_moved(filled: Filled) -> None:
    client_id = str(filled.team_chat.application.client_id)
    assert not move_team_chat(client_id, "another", "http://localhost:9001")
    assert not move_team_chat("another", filled.team_chat.secret, "http://localhost:9001")
    assert Application.objects.get(name="Team Chat").start_url == f"{URL}/login"
