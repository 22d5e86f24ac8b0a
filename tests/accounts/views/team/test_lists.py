"""The pages of a partner's team."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.services.staff import StaffDetails, change_staff, remove_staff
from customers.actions import Action
from customers.models import AuditEvent
from customers.roles import Role
from tests.factories import CustomerFactory, StaffFactory
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, read, told, words
from tests.support.html import problems


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def address(user: User, deed: str = "") -> str:
    return f"/team/{user.pk}/" + (f"{deed}/" if deed else "")


def add(client: Client, **changed: object) -> Any:
    sent: Fields = fields(read(client, "/team/add/"))
    values = {
        "first_name": "Dora",
        "last_name": "Lind",
        "user_name": "dora",
        "roles": [Role.SALES_AGENT.value],
    }
    return client.post("/team/add/", {**sent, **values, **changed})


def shown_password(client: Client, url: str) -> str:
    return str(client.get(url).context["slip"].password)


def test_the_list_shows_roles_limits_and_sign_in(alice: Client, cast: Cast) -> None:
    StaffFactory.create(
        partner=cast.fabrikam, display_name="Zoe", roles=[Role.SALES_AGENT], only=[cast.contoso]
    )
    text = words(read(alice, "/team/"))
    assert "Alice You alice@fabrikam.example Account admin All Allowed" in text
    assert "Zoe" in text
    assert "Sales agent 1 customer Allowed Off Never" in text
    assert "Charlie" not in text


def test_the_list_is_searched_and_sorted(alice: Client, cast: Cast) -> None:
    assert "Alice" not in words(read(alice, "/team/?q=SALLY+fabrikam"))
    assert "Nobody matches" in words(read(alice, "/team/?q=zzz"))
    for order in ("name", "-name", "user", "-user", "seen", "-seen", "nonsense"):
        rows = alice.get(f"/team/?sort={order}").context["rows"]
        names = [row.display_name for row in rows]
        assert sorted(names) == ["Alice", "Bob", "Sally"]
        if order.lstrip("-") in {"name", "user"}:
            assert names == sorted(names, reverse=order.startswith("-"))


@pytest.mark.parametrize("people", [3, 30])
def test_queries_of_the_list_do_not_follow_the_team(
    people: int, alice: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    StaffFactory.create_batch(
        people, partner=cast.fabrikam, roles=[Role.SALES_AGENT], only=[cast.contoso]
    )
    with django_assert_num_queries(7):
        alice.get("/team/")


def test_added_staff_are_shown_with_a_password_until_done(alice: Client, cast: Cast) -> None:
    response = add(alice)
    dora = User.objects.get(username="dora@fabrikam.example")
    url = address(dora, "password")
    assert response.headers["Location"] == url
    html = read(alice, url)
    assert problems(html) == []
    password = shown_password(alice, url)
    assert password == shown_password(alice, url), "a reload loses nothing"
    assert "There is a temporary password to hand over" in words(read(alice, address(dora)))
    assert Client().login(username=dora.user_name, password=password)
    assert alice.post(url).headers["Location"] == address(dora)
    assert "is not here any more" in told(alice.get(url, follow=True))
    shown = AuditEvent.objects.filter(action=Action.PASSWORD_SHOWN, target_id=dora.pk)
    assert shown.count() == 3


def test_a_password_is_there_for_whoever_had_it_made_alone(alice: Client, cast: Cast) -> None:
    add(alice)
    dora = User.objects.get(username="dora@fabrikam.example")
    other = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    stranger = Client()
    stranger.force_login(other)
    assert stranger.get(address(dora, "password")).status_code == HTTPStatus.FOUND
    password = shown_password(alice, address(dora, "password"))
    session = alice.session
    assert password not in str(dict(session.items()))
    # A later reset makes the first password worthless, and it is not offered any more.
    stranger.post(address(dora, "reset"), {"epoch": "0"})
    assert alice.get(address(dora, "password")).status_code == HTTPStatus.FOUND
    assert stranger.get(address(dora, "password")).status_code == HTTPStatus.OK


def test_the_same_form_sent_twice_leads_to_the_person(alice: Client, cast: Cast) -> None:
    add(alice)
    response = add(alice)
    dora = User.objects.get(username="dora@fabrikam.example")
    assert response.headers["Location"] == address(dora)
    assert "dora@fabrikam.example already" in told(add(alice, first_name="Dorothea"))


def test_what_is_wrong_stands_at_its_field(alice: Client, cast: Cast) -> None:
    text = told(add(alice, user_name="bob"))
    assert "Somebody has the user name bob@fabrikam.example already. bob2 is free." in text
    assert "Choose at least one role." in told(add(alice, roles=[]))
    assert User.objects.staff_of(cast.fabrikam).count() == 3


def test_whoever_is_to_be_limited_sees_nothing_until_customers_are_chosen(
    alice: Client, cast: Cast
) -> None:
    add(alice, reach="some")
    dora = User.objects.get(username="dora@fabrikam.example")
    assert dora.limited_to_customers
    assert "No customer is open to this person yet" in words(read(alice, address(dora)))
    done = alice.post(address(dora, "password"))
    assert done.headers["Location"] == address(dora, "customers")
    sent = fields(read(alice, done.headers["Location"]))
    assert "at least one customer" in told(alice.post(done.headers["Location"], sent))
    alice.post(done.headers["Location"], {**sent, "customer": [str(cast.contoso.pk)]})
    assert list(dora.allowed_customers.all()) == [cast.contoso]


def test_customers_on_other_pages_and_searches_stay_as_they_are(alice: Client, cast: Cast) -> None:
    far = CustomerFactory.create_batch(55, partner=cast.fabrikam)
    url = address(cast.bob, "customers")
    sent = fields(read(alice, f"{url}?q=Contoso"))
    assert sent["shown"] == [str(cast.contoso.pk)]
    alice.post(f"{url}?q=Contoso", {**sent, "reach": "some", "customer": sent["shown"]})
    sent = fields(read(alice, f"{url}?page=2"))
    assert len(sent["shown"]) == 7
    alice.post(f"{url}?page=2", {**sent, "customer": sent["shown"][:1]})
    found = set(cast.bob.allowed_customers.values_list("pk", flat=True))
    assert found == {cast.contoso.pk, int(sent["shown"][0])}
    assert found <= {cast.contoso.pk, cast.northwind.pk, *(row.pk for row in far)}
    assert "Chosen (2)" in words(read(alice, f"{url}?show=chosen"))
    alice.post(url, {"reach": "some", "shown": str(cast.adatum.pk), "customer": cast.adatum.pk})
    assert set(cast.bob.allowed_customers.values_list("pk", flat=True)) == found


def test_a_change_is_saved_and_stands_in_the_log(alice: Client, cast: Cast) -> None:
    sent = fields(read(alice, address(cast.bob)))
    response = alice.post(
        address(cast.bob),
        {**sent, "display_name": "Robert", "roles": [Role.SALES_AGENT.value]},
        follow=True,
    )
    text = told(response)
    assert "Saved." in text
    assert "Permissions: Helpdesk agent → Sales agent" in text
    log = words(read(alice, "/team/activity/"))
    assert "Display name: Bob → Robert" in log
    assert "Display name: Bob → Robert" in words(
        read(alice, f"/team/activity/?user_id={cast.bob.pk}")
    )


def test_what_somebody_else_changed_meanwhile_is_said_and_not_lost(
    alice: Client, cast: Cast
) -> None:
    sent = fields(read(alice, address(cast.bob)))
    other = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], display_name="Olga"
    )
    details = StaffDetails(cast.bob.user_name, roles=[Role.SALES_AGENT])
    change_staff(cast.bob, details, actor=other)
    response = alice.post(address(cast.bob), {**sent, "first_name": "Rob"})
    text = told(response)
    assert "Permissions: changed by Olga" in text
    again = fields(response.content.decode())
    assert (again["first_name"], again["roles"]) == (["Rob"], [Role.SALES_AGENT.value])
    alice.post(address(cast.bob), again)
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.first_name, bob.roles) == ("Rob", (Role.SALES_AGENT,))


def test_ones_own_page_has_neither_roles_nor_a_way_out(alice: Client, cast: Cast) -> None:
    html = read(alice, address(cast.alice))
    assert "roles" not in fields(html)
    text = words(html)
    assert "Your roles: Account admin. Another account admin can change them." in text
    for deed, why in (("block", "block yourself"), ("remove", "remove yourself")):
        assert why in text
        response = alice.post(address(cast.alice, deed))
        assert response.status_code == HTTPStatus.FORBIDDEN
    alice.post(address(cast.alice, "customers"), {"reach": "some", "shown": cast.contoso.pk})
    assert not User.objects.get(pk=cast.alice.pk).limited_to_customers


def test_each_deed_asks_first_and_then_acts_once(alice: Client, cast: Cast) -> None:
    for deed in ("block", "allow", "reset", "remove"):
        sent = fields(read(alice, address(cast.bob, deed)))
        assert AuditEvent.objects.filter(target_id=cast.bob.pk).count() == len(
            DONE[: list(DEEDS).index(deed)]
        )
        alice.post(address(cast.bob, deed), {**sent, "reason": f"INC-{deed}"})
        again = alice.post(address(cast.bob, deed), sent, follow=True)
        assert ALREADY[deed] in told(again)
    actions = AuditEvent.objects.filter(target_id=cast.bob.pk).order_by("pk")
    assert list(actions.values_list("action", "reason")) == [
        (action, f"INC-{deed}") for action, deed in zip(DONE, DEEDS, strict=True)
    ]


DEEDS = ("block", "allow", "reset", "remove")
DONE = [Action.USER_BLOCKED, Action.USER_ALLOWED, Action.PASSWORD_RESET, Action.STAFF_REMOVED]
ALREADY = {
    "block": "Blocked already.",
    "allow": "Sign-in is allowed already.",
    "reset": "a moment ago",
    "remove": "Bob was deleted meanwhile by Alice.",
}


def test_a_removed_person_is_told_of_in_the_list_and_not_listed(alice: Client, cast: Cast) -> None:
    remove_staff([cast.bob], actor=cast.alice)
    response = alice.get(address(cast.bob), follow=True)
    assert "Bob was deleted meanwhile by Alice." in told(response)
    assert [row.display_name for row in response.context["rows"]] == ["Alice", "Sally"]


def test_team_is_in_the_menu_of_account_admins_alone(cast: Cast) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    for person in (cast.alice, cast.bob, cast.sally, cast.gail, limited):
        client = Client()
        client.force_login(person)
        linked = 'href="/team/"' in read(client, "/me/")
        assert linked is (person is cast.alice)
    text = told(client.get("/team/"))
    assert "Account admin of all customers" in text
