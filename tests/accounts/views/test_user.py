"""A user's page: what it shows to whom, and editing."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.users import (
    NewUser,
    add_users,
    block_users,
    change_user,
    delete_users,
    remove_users,
    reset_passwords,
)
from customers.models import Batch
from customers.roles import Role
from tests.factories import (
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, read, told, words
from tests.support.html import problems

ACTIONS = ("reset", "block", "allow", "delete")


def address(user: User, action: str = "") -> str:
    return f"/customers/{user.customer_id}/users/{user.pk}/" + (f"{action}/" if action else "")


def form(client: Client, user: User) -> Fields:
    return fields(read(client, address(user)))


def save(client: Client, user: User, sent: Fields, **changed: str | list[str]) -> Any:
    return client.post(address(user), {**sent, **changed})


def test_page_shows_details_licenses_and_activity(alice: Client, cast: Cast) -> None:
    product = ProductFactory.create(name="Mail", plans=("INBOX",))
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    html = read(alice, address(cast.uma))
    text = words(html)
    assert "Sign-in has been blocked since" in text
    assert "by Gail." in text
    assert "Sign-in blocked · Gail (gail@contoso.example)" in text
    assert "Licenses Manage licenses Mail" in text
    assert "Allow sign-in" in text
    assert problems(html) == []


def test_saving_changes_details_and_permissions(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    response = save(
        alice,
        cast.uma,
        sent,
        display_name="Uma Patel",
        city="Bergen",
        permission="limited",
        limited_roles=[Role.LICENSE_ADMIN],
    )
    assert response["Location"] == address(cast.uma)
    assert "Saved. Undo" in told(alice.get(response["Location"]))
    fresh = User.objects.get(pk=cast.uma.pk)
    assert (fresh.display_name, fresh.city, fresh.roles) == (
        "Uma Patel",
        "Bergen",
        (Role.LICENSE_ADMIN,),
    )


def test_new_user_name_is_said_to_be_the_one_to_sign_in_with(alice: Client, cast: Cast) -> None:
    other = DomainFactory.create(customer=cast.contoso, name="contoso-labs.example")
    sent = form(alice, cast.uma)
    response = save(alice, cast.uma, sent, user_name="uma.patel", domain=str(other.pk))
    text = told(alice.get(response["Location"]))
    assert "Uma signs in as uma.patel@contoso-labs.example from now on." in text
    assert User.objects.get(pk=cast.uma.pk).username == "uma.patel@contoso-labs.example"


def test_taken_user_name_is_refused_at_its_field_and_keeps_what_was_typed(
    alice: Client, cast: Cast
) -> None:
    sent = form(alice, cast.uma)
    response = save(alice, cast.uma, sent, user_name="Gail", city="Bergen")
    assert response.status_code == HTTPStatus.OK
    html = response.content.decode()
    assert "This user name is taken: gail@contoso.example. Choose another one." in words(html)
    again = fields(html)
    assert (again["user_name"], again["city"]) == (["Gail"], ["Bergen"])
    assert problems(html) == []
    assert User.objects.get(pk=cast.uma.pk).city == ""


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("display_name", "", "Enter a display name"),
        ("display_name", "x" * 10_000, "256"),
        ("user_name", "", "Enter the user name"),
        ("user_name", "ü", "can't be in a user name"),
        ("user_name", "x" * 10_000, "64 characters"),
        ("city", "x" * 10_000, "128"),
        ("alternate_email", "no mail", "Enter an email address"),
        ("usage_location", "XX", "Select a valid choice"),
        ("domain", "999999", "no longer exists"),
        ("permission", "king", "Select a valid choice"),
        ("permission", "limited", "Choose at least one area"),
        ("seen", "forged", "This page is too old"),
    ],
)
def test_bad_input_is_refused_with_a_message(
    alice: Client, cast: Cast, field: str, value: str, message: str
) -> None:
    sent = form(alice, cast.uma)
    if field == "display_name":
        sent |= {"first_name": [""], "last_name": [""]}
    response = save(alice, cast.uma, sent, **{field: value})
    assert response.status_code == HTTPStatus.OK
    assert message in told(response)
    assert not Batch.objects.exists()


def test_markup_is_shown_as_text(alice: Client, cast: Cast) -> None:
    response = save(alice, cast.uma, form(alice, cast.uma), display_name="<b>Uma</b>")
    assert response.status_code == HTTPStatus.FOUND
    html = read(alice, address(cast.uma))
    assert "<b>Uma</b>" not in html
    assert "&lt;b&gt;Uma&lt;/b&gt;" in html


def test_location_that_a_held_product_forbids_is_refused_at_its_field(
    alice: Client, cast: Cast
) -> None:
    product = ProductFactory.create(name="Here only", blocked_countries=["NO"])
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    response = save(alice, cast.uma, form(alice, cast.uma), usage_location="NO")
    assert "Usage location : Here only can't be used in Norway." in told(response)


def test_change_that_a_colleague_made_meanwhile_is_not_overwritten(
    alice: Client, cast: Cast
) -> None:
    sent = form(alice, cast.uma)
    newer = {"city": "Bergen", "department": "Research"}
    change_user(cast.uma, customer=cast.contoso, actor=cast.gail, fields=newer)
    response = save(alice, cast.uma, sent, city="Oslo", office="12")
    html = response.content.decode()
    text = words(html)
    assert "City: changed by Gail (gail@contoso.example)." in text
    assert "Department: changed by Gail (gail@contoso.example)." in text
    again = fields(html)
    assert (again["city"], again["office"], again["department"]) == (["Oslo"], ["12"], ["Research"])
    fresh = User.objects.get(pk=cast.uma.pk)
    assert (fresh.city, fresh.office) == ("Bergen", "")
    assert problems(html) == []
    assert alice.post(address(cast.uma), again).status_code == HTTPStatus.FOUND
    fresh.refresh_from_db()
    assert (fresh.city, fresh.office, fresh.department) == ("Oslo", "12", "Research")


def test_permissions_that_a_colleague_gave_meanwhile_stay(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    change_user(
        cast.uma, customer=cast.contoso, actor=cast.gail, fields={}, roles=(Role.USER_ADMIN,)
    )
    response = save(alice, cast.uma, sent, city="Oslo")
    assert "Permissions: changed by Gail (gail@contoso.example)." in told(response)
    again = fields(response.content.decode())
    assert (again["permission"], again["limited_roles"]) == (["limited"], ["User administrator"])


def test_second_click_saves_once(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    first = save(alice, cast.uma, sent, city="Oslo")
    second = save(alice, cast.uma, sent, city="Oslo")
    assert first["Location"] == second["Location"] == address(cast.uma)
    assert Batch.objects.count() == 1


def test_nothing_changed_is_said(alice: Client, cast: Cast) -> None:
    response = alice.post(address(cast.uma), form(alice, cast.uma), follow=True)
    assert "Nothing was changed." in told(response)


def test_user_deleted_meanwhile_is_told_by_whom(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    response = alice.post(address(cast.uma), {**sent, "city": "Oslo"}, follow=True)
    assert "Deleted by Gail on" in told(response)
    for action in ACTIONS:
        text = told(alice.get(address(cast.uma, action), follow=True))
        assert "Uma has been deleted by Gail." in text


def test_deleted_user_can_be_restored_from_the_old_address(alice: Client, cast: Cast) -> None:
    product = ProductFactory.create(name="Mail")
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    html = read(alice, address(cast.uma))
    assert "Licenses at deletion Mail" in words(html)
    assert f'href="/customers/{cast.contoso.pk}/users/restore/?user={cast.uma.pk}"' in html
    assert problems(html) == []
    alice.force_login(cast.bob)
    html = read(alice, address(cast.uma))
    assert "/users/restore/" not in html
    assert "Ask one of these roles: Account admin · Admin agent." in words(html)


def test_purged_and_overdue_users_are_not_found(alice: Client, cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    User.objects.filter(pk=cast.uma.pk).update(
        deleted_at=timezone.now() - timedelta(days=2),
        purge_after=timezone.now() - timedelta(days=1),
    )
    for action in ("", *ACTIONS):
        assert alice.get(address(cast.uma, action)).status_code == HTTPStatus.NOT_FOUND
    gone = UserFactory.create(customer=cast.contoso, deleted=True)
    url = address(gone)
    remove_users([gone], customer=cast.contoso, actor=cast.alice)
    assert alice.get(url).status_code == HTTPStatus.NOT_FOUND


def test_users_of_other_customers_and_staff_are_not_found(alice: Client, cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    for user in (stranger, cast.alice, cast.bob):
        for action in ("", *ACTIONS):
            url = f"/customers/{cast.contoso.pk}/users/{user.pk}/" + (
                f"{action}/" if action else ""
            )
            assert alice.get(url).status_code == HTTPStatus.NOT_FOUND
            assert alice.post(url).status_code == HTTPStatus.NOT_FOUND


def test_a_reason_that_several_actions_have_is_said_once(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    html = read(client, address(cast.gail))
    account = words(f"<main>{html[html.index('account-title') :]}")
    assert account.count("Block sign-in") == 1
    # Of a second step, of which he resets none, and of an administrator, whom he does not manage.
    assert html.count('class="action-reason"') == 2


def test_who_may_only_see_gets_no_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.sally)
    html = read(client, address(cast.uma))
    assert "<input" not in html[html.index("<main") : html.index("</main>")]
    text = words(html)
    assert "Your role can't do this. Ask one of these roles: Account admin · Admin agent." in text
    assert "Your role shows your own actions only, and there are none on this user." in text
    assert "Manage licenses" in text
    response = client.post(address(cast.uma), {"display_name": "Changed"})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert User.objects.get(pk=cast.uma.pk).display_name == "Uma"


def test_user_administrator_does_not_reach_administrators(client: Client, cast: Cast) -> None:
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]))
    text = words(read(client, address(cast.gail)))
    assert "This user is an administrator, whom your role can't manage." in text
    for action in ACTIONS:
        response = client.get(address(cast.gail, action))
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert client.post(address(cast.gail, action)).status_code == HTTPStatus.FORBIDDEN
    assert client.post(address(cast.gail)).status_code == HTTPStatus.FORBIDDEN
    assert client.get(address(cast.uma, "delete")).status_code == HTTPStatus.OK


def test_nobody_blocks_deletes_resets_or_demotes_oneself(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    html = read(client, address(cast.gail))
    text = words(html)
    for reason in (
        "You can't block yourself.",
        "You can't delete yourself.",
        "use Change password",
    ):
        assert reason in text
    for action in ("reset", "block", "delete"):
        assert address(cast.gail, action) not in html
        assert client.get(address(cast.gail, action)).status_code == HTTPStatus.FORBIDDEN
        assert client.post(address(cast.gail, action)).status_code == HTTPStatus.FORBIDDEN
    sent = fields(html)
    assert "permission" not in sent
    save(client, cast.gail, sent, city="Oslo", permission="user")
    fresh = User.objects.get(pk=cast.gail.pk)
    assert (fresh.city, fresh.roles) == ("Oslo", (Role.GLOBAL_ADMIN,))


def test_activity_follows_the_role(client: Client, cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.bob)
    client.force_login(cast.bob)
    text = words(read(client, address(cast.uma)))
    assert "Password reset · Bob" in text
    assert "Sign-in blocked · Alice" not in text
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.SERVICE_ADMIN]))
    assert "Recent activity" not in words(read(client, address(cast.uma)))


def test_activity_leads_to_all_of_the_users_events(client: Client, cast: Cast) -> None:
    block_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    client.force_login(cast.alice)
    html = read(client, address(cast.uma))
    log = f"/customers/{cast.contoso.pk}/activity/"
    assert f'<a href="{log}?user_id={cast.uma.pk}">Show all</a>' in html
    assert "Sign-in blocked · Alice (alice@fabrikam.example) With 1 other user" in words(html)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert f"{log}?user_id={cast.uma.pk}" in read(client, address(cast.uma))
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]))
    assert "Show all" not in read(client, address(cast.uma))


def test_the_page_begins_with_what_is_asked_every_day(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    product = ProductFactory.create(name="Mail")
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    html = read(client, address(cast.uma))
    head = html[html.index("<h1>") : html.index('class="split"')]
    text = words(html).partition(" Details ")[0]
    assert "uma@contoso.example · Sign-in: Allowed" in text
    assert "Licenses Mail Added" in text
    assert "Last sign-in Never" in text
    order = ["Reset password", "Manage licenses", "Block sign-in", "Copy user name"]
    places = [text.index(label) for label in [*order, "Like this user", "Remove user"]]
    assert places == sorted(places)
    assert f'action="{address(cast.uma, "block")}"' in head
    assert 'data-copy="uma@contoso.example"' in head
    assert problems(html) == []
    User.objects.filter(pk=cast.uma.pk).update(blocked_at=timezone.now())
    text = words(read(client, address(cast.uma)))
    assert text.index("Sign-in: Blocked") < text.index("Allow sign-in") < text.index("Details")


def test_the_page_says_who_added_the_user(client: Client, cast: Cast) -> None:
    new = NewUser("nora", cast.contoso.domains.get(name="contoso.example"), "Nora")
    add_users([new], customer=cast.contoso, actor=cast.gail)
    client.force_login(cast.alice)
    nora = User.objects.get(username="nora@contoso.example")
    assert "by Gail (gail@contoso.example)" in words(read(client, address(nora)))


def test_a_role_that_only_looks_has_no_everyday_actions(client: Client, cast: Cast) -> None:
    client.force_login(cast.sally)
    html = read(client, address(cast.uma))
    head = html[html.index("<h1>") : html.index('class="split"')]
    assert "Manage licenses" in head
    assert "Copy user name" in head
    for label in ("Reset password", "Block sign-in", "Like this user", "Remove user"):
        assert label not in head
