"""Manage licenses: what the page shows, what it saves, and what it refuses."""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.users import delete_users
from customers.models import Batch, Customer
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, words
from tests.support.html import problems


def address(customer: Customer, *users: User, **more: Any) -> str:
    query = "&".join([f"user={user.pk}" for user in users] + [f"{k}={v}" for k, v in more.items()])
    return f"/customers/{customer.pk}/users/licenses/?{query}"


def subscription(cast: Cast, name: str, *holders: User, **fields: Any) -> Subscription:
    plans = fields.pop("plans", ())
    rules = {key: fields.pop(key) for key in ("requires", "conflicts") if key in fields}
    product = ProductFactory.create(name=name, plans=plans, **rules)
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, holders=holders, **fields
    )


def held(user: User) -> dict[str, list[str]]:
    rows = (
        LicenseAssignment.objects.live().filter(user=user).select_related("subscription__product")
    )
    return {row.subscription.product.name: row.services_off for row in rows}


def page(client: Client, url: str) -> tuple[str, Fields]:
    html = client.get(url).content.decode()
    return html, fields(html)


def result(client: Client, response: Any) -> str:
    assert response.status_code == HTTPStatus.FOUND, words(response.content.decode())
    return words(client.get(response["Location"]).content.decode())


def test_one_user_gets_a_license_and_loses_another(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail", plans=("INBOX", "ARCHIVE"))
    subscription(cast, "Office", cast.uma)
    url = address(cast.contoso, cast.uma)
    html, sent = page(alice, url)
    assert problems(html) == []
    assert len(sent["on"]) == 3  # Office, and the two plans of Mail
    sent["on"] = [str(mail.pk), f"{mail.pk}:INBOX"]
    response = alice.post(url, sent)
    assert held(cast.uma) == {"Mail": ["ARCHIVE"]}
    assert response["Location"] == f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    text = result(alice, response)
    said = "Licenses updated Uma (uma@contoso.example). Assigned: Mail. Revoked: Office. Undo"
    assert said in text


def test_a_plan_alone_is_switched(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail", cast.uma, plans=("INBOX", "ARCHIVE"))
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    sent["on"].remove(f"{mail.pk}:INBOX")
    assert "Service plans changed: Mail." in result(alice, alice.post(url, sent))
    assert held(cast.uma) == {"Mail": ["INBOX"]}
    _html, sent = page(alice, url)
    assert f"{mail.pk}:INBOX" not in sent["on"]
    sent["on"].append(f"{mail.pk}:INBOX")
    alice.post(url, sent)
    assert held(cast.uma) == {"Mail": []}


def test_arithmetic_is_shown_without_saving(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail", quantity=40)
    assign(mail, *UserFactory.create_batch(34, customer=cast.contoso))
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    sent["on"] = [str(mail.pk)]
    answer = alice.post(url, {**sent, "preview": "1"})
    assert "Mail: +1 / −0, leaves 5 of 40" in words(answer.content.decode())
    assert held(cast.uma) == {}
    again = fields(answer.content.decode())
    assert again["on"] == [str(mail.pk)]
    assert "Licenses updated" in result(alice, alice.post(url, again))


def test_nothing_changed_is_said_and_makes_no_batch(alice: Client, cast: Cast) -> None:
    subscription(cast, "Mail", cast.uma)
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    answer = alice.post(url, sent)
    assert "Nothing to save yet" in words(answer.content.decode())
    assert not Batch.objects.exists()


def test_short_of_seats_saves_nothing_and_says_how_many_are_missing(
    alice: Client, cast: Cast
) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    mail = subscription(cast, "Mail", quantity=1)
    office = subscription(cast, "Office")
    url = address(cast.contoso, *users)
    _html, sent = page(alice, url)
    sent["on"] = [str(mail.pk), str(office.pk)]
    answer = alice.post(url, sent)
    assert answer.status_code == HTTPStatus.OK
    text = words(answer.content.decode())
    assert "Mail 2 seats are missing." in text
    assert "Mail: +3 / −0, 2 seats are missing" in text
    assert fields(answer.content.decode())["on"] == [str(mail.pk), str(office.pk)]
    assert not LicenseAssignment.objects.exists()


def test_buy_more_comes_back_with_everything_kept(alice: Client, cast: Cast) -> None:
    full = subscription(cast, "Mail", cast.gail, quantity=1, plans=("INBOX", "ARCHIVE"))
    office = subscription(cast, "Office", cast.uma)
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    sent["on"] = [str(full.pk), f"{full.pk}:INBOX"]
    response = alice.post(url, {**sent, "buy": str(full.pk)})
    there = urlsplit(response["Location"])
    assert there.path == f"/customers/{cast.contoso.pk}/subscriptions/{full.pk}/"
    assert parse_qs(there.query)["seats"] == ["2"]
    back = parse_qs(there.query)["next"][0]
    html, again = page(alice, back)
    assert again["on"] == [str(full.pk), f"{full.pk}:INBOX"]
    assert "Office: +0 / −1" in words(html)
    assert held(cast.uma) == {"Office": []}
    Subscription.objects.filter(pk=full.pk).update(quantity=2)
    alice.post(back, again)
    assert held(cast.uma) == {"Mail": ["ARCHIVE"]}
    office.refresh_from_db()
    assert office.assigned == 0


def test_who_may_not_buy_reads_whom_to_ask(client: Client, cast: Cast) -> None:
    subscription(cast, "Mail", cast.gail, quantity=1)
    client.force_login(cast.bob)
    text = words(client.get(address(cast.contoso, cast.uma)).content.decode())
    assert "Ask one of these roles: Account admin · Admin agent · Sales agent." in text
    assert "Buy more" not in text
    client.force_login(cast.gail)
    text = words(client.get(address(cast.contoso, cast.uma)).content.decode())
    assert "Only your partner can do this." in text


def test_requirement_is_refused_at_its_row(alice: Client, cast: Cast) -> None:
    base = subscription(cast, "Base", cast.uma)
    addon = subscription(cast, "Add-on", requires=[base.product])
    url = address(cast.contoso, cast.gail)
    _html, sent = page(alice, url)
    sent["on"] = [str(addon.pk)]
    text = words(alice.post(url, sent).content.decode())
    assert "Add-on Add-on needs Base too." in text
    assert held(cast.gail) == {}


def test_conflict_and_country_are_refused_at_their_rows(alice: Client, cast: Cast) -> None:
    one = subscription(cast, "One", cast.uma)
    other = subscription(cast, "Other", conflicts=[one.product])
    here = SubscriptionFactory.create(
        customer=cast.contoso,
        product=ProductFactory.create(name="Nowhere", blocked_countries=["US"]),
    )
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    sent["on"] += [str(other.pk), str(here.pk)]
    text = words(alice.post(url, sent).content.decode())
    assert "Other Other can't be combined with One." in text
    assert "Nowhere Nowhere can't be used in United States of America." in text
    assert held(cast.uma) == {"One": []}


def test_a_user_without_usage_location_is_pointed_to_it(alice: Client, cast: Cast) -> None:
    user = UserFactory.create(customer=cast.contoso, usage_location="")
    mail = subscription(cast, "Mail")
    url = address(cast.contoso, user)
    html, sent = page(alice, url)
    assert f'href="/customers/{cast.contoso.pk}/users/{user.pk}/"' in html
    sent["on"] = [str(mail.pk)]
    assert "Set the usage location first" in words(alice.post(url, sent).content.decode())


def test_suspended_can_only_be_taken_away_and_canceled_is_not_shown(
    alice: Client, cast: Cast
) -> None:
    subscription(cast, "Gone", status=SubscriptionStatus.CANCELED)
    halted = subscription(cast, "Halted", cast.uma)
    Subscription.objects.filter(pk=halted.pk).update(status=SubscriptionStatus.SUSPENDED)
    url = address(cast.contoso, cast.uma)
    html, sent = page(alice, url)
    assert "Gone" not in words(html)
    assert "Suspended: licenses can only be removed." in words(html)
    sent["on"] = []
    assert "Revoked: Halted." in result(alice, alice.post(url, sent))
    html, sent = page(alice, url)
    assert "Suspended: no license can be assigned." in words(html)
    sent["on"] = [str(halted.pk)]
    assert "Nothing to save yet" in words(alice.post(url, sent).content.decode())


def test_subscription_suspended_meanwhile_is_refused_at_its_row(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail", plans=("INBOX",))
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.SUSPENDED)
    sent["on"].append(str(mail.pk))
    text = words(alice.post(url, sent).content.decode())
    assert "The subscription to Mail is suspended: resume it first." in text
    assert "1 of 1 on" in text
    assert held(cast.uma) == {}


def test_what_can_not_be_changed_keeps_its_plans(alice: Client, cast: Cast) -> None:
    halted = subscription(cast, "Halted", plans=("INBOX",))
    mail = subscription(cast, "Mail", quantity=1, plans=("BOX",))
    Subscription.objects.filter(pk=halted.pk).update(status=SubscriptionStatus.SUSPENDED)
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    sent["on"].append(str(mail.pk))
    text = words(alice.post(url, {**sent, "preview": "1"}).content.decode())
    assert text.count("1 of 1 on") == 2


def test_some_that_is_left_alone_changes_nobody(alice: Client, cast: Cast) -> None:
    some = subscription(cast, "Some", cast.uma, plans=("INBOX",))
    office = subscription(cast, "Office")
    url = address(cast.contoso, cast.uma, cast.gail)
    _html, sent = page(alice, url)
    assert str(some.pk) not in sent["on"]
    sent["on"].append(str(office.pk))
    result(alice, alice.post(url, sent))
    assert held(cast.uma) == {"Some": [], "Office": []}
    assert held(cast.gail) == {"Office": []}


@pytest.mark.parametrize(("name", "expected"), [("on", ["Some"]), ("off", [])])
def test_some_becomes_all_or_none(
    alice: Client, cast: Cast, name: str, expected: list[str]
) -> None:
    some = subscription(cast, "Some", cast.uma)
    url = address(cast.contoso, cast.uma, cast.gail)
    _html, sent = page(alice, url)
    sent[name] = [str(some.pk)]
    result(alice, alice.post(url, sent))
    assert [list(held(user)) for user in (cast.uma, cast.gail)] == [expected, expected]


def test_plan_that_is_off_for_all_stays_off_for_those_who_join(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail", plans=("INBOX", "ARCHIVE"))
    assign(mail, cast.uma, services_off=["ARCHIVE"])
    url = address(cast.contoso, cast.uma, cast.gail)
    _html, sent = page(alice, url)
    sent["on"].append(str(mail.pk))
    result(alice, alice.post(url, sent))
    assert held(cast.gail) == {"Mail": ["ARCHIVE"]}


def test_the_selected_stand_as_chips_in_order_and_can_be_taken_out(
    alice: Client, cast: Cast
) -> None:
    zoe = UserFactory.create(customer=cast.contoso, display_name="Zoë")
    adam = UserFactory.create(customer=cast.contoso, display_name="Ådam")
    subscription(cast, "Mail", zoe)
    html, _sent = page(alice, address(cast.contoso, zoe, adam))
    text = words(html)
    assert text.index("Ådam") < text.index("Zoë")
    assert "1 of 2 selected" in text
    one_left = f'href="/customers/{cast.contoso.pk}/users/licenses/?user={zoe.pk}"'
    assert one_left in html
    assert problems(html) == []


def test_second_click_leads_to_the_first_ones_result(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail")
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    sent["on"] = [str(mail.pk)]
    first, second = alice.post(url, sent), alice.post(url, sent)
    assert first["Location"] == second["Location"]
    assert Batch.objects.count() == 1


def test_what_a_colleague_changed_meanwhile_is_not_undone(alice: Client, cast: Cast) -> None:
    mail, office = subscription(cast, "Mail"), subscription(cast, "Office")
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    assign(mail, cast.uma)
    sent["on"] = [str(office.pk)]
    result(alice, alice.post(url, sent))
    assert sorted(held(cast.uma)) == ["Mail", "Office"]


def test_subscription_canceled_meanwhile_is_said(alice: Client, cast: Cast) -> None:
    mail, _office = subscription(cast, "Mail"), subscription(cast, "Office")
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.CANCELED)
    sent["on"] = [str(mail.pk)]
    text = words(alice.post(url, sent).content.decode())
    assert "is no longer available" in text
    assert held(cast.uma) == {}


def test_a_user_deleted_meanwhile_is_named_with_by_whom(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail")
    both = address(cast.contoso, cast.uma, cast.gail)
    _html, sent = page(alice, both)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    text = words(alice.get(both).content.decode())
    assert "Uma has been deleted by Gail." in text
    assert "Gail · gail@contoso.example" in text
    text = words(alice.get(address(cast.contoso, cast.uma)).content.decode())
    assert "Uma has been deleted by Gail. No users selected" in text
    sent["on"] = [str(mail.pk)]
    alice.post(both, sent)
    assert held(cast.uma) == {}


def test_nobody_selected_says_where_to_select(alice: Client, cast: Cast) -> None:
    assert "No users selected" in words(alice.get(address(cast.contoso)).content.decode())


def test_no_subscription_says_where_to_add_one(alice: Client, cast: Cast) -> None:
    html = alice.get(address(cast.contoso, cast.uma)).content.decode()
    assert f'href="/customers/{cast.contoso.pk}/subscriptions/add/"' in html


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "9" * 30, "²"])
def test_wrong_id_is_not_found(alice: Client, cast: Cast, value: str) -> None:
    response = alice.get(f"/customers/{cast.contoso.pk}/users/licenses/", {"user": value})
    assert response.status_code == HTTPStatus.NOT_FOUND


def test_user_of_another_customer_is_not_found(alice: Client, cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    for user in (stranger, cast.alice):
        url = address(cast.contoso, cast.uma, user)
        assert alice.get(url).status_code == alice.post(url).status_code == HTTPStatus.NOT_FOUND


def test_subscription_of_another_customer_can_not_be_slipped_in(alice: Client, cast: Cast) -> None:
    subscription(cast, "Mail")
    foreign = SubscriptionFactory.create(customer=cast.northwind)
    url = address(cast.contoso, cast.uma)
    _html, sent = page(alice, url)
    sent["on"] = [str(foreign.pk)]
    assert "Nothing to save yet" in words(alice.post(url, sent).content.decode())
    _html, sent = page(alice, address(cast.contoso, cast.uma, on=foreign.pk))
    assert "on" not in sent


def test_form_without_what_it_showed_changes_nothing(alice: Client, cast: Cast) -> None:
    mail = subscription(cast, "Mail", cast.uma)
    url = address(cast.contoso, cast.uma)
    for seen in ("", "forged", "e30:1:x"):
        alice.post(url, {"on": [], "seen": seen, "key": seen})
    assert held(cast.uma) == {"Mail": []}
    assert mail.assigned == 1


@pytest.mark.parametrize("role", [Role.PASSWORD_ADMIN, Role.BILLING_ADMIN, Role.SERVICE_ADMIN])
def test_role_without_the_right_is_told_who_can(client: Client, cast: Cast, role: Role) -> None:
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[role]))
    response = client.get(address(cast.contoso, cast.uma))
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Ask one of these roles:" in response.content.decode()


def test_queries_do_not_grow_with_users_or_subscriptions(alice: Client, cast: Cast) -> None:
    users = UserFactory.create_batch(300, customer=cast.contoso)
    subscription(cast, "One", users[0], plans=("A", "B"))
    counts = []
    for chosen in (users[:3], users):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            alice.get(address(cast.contoso, *chosen))
        counts.append(len(queries))
        subscription(cast, "Two", *users, plans=("A", "B"), quantity=600)
        subscription(cast, "Three", plans=("C",))
    assert counts[0] == counts[1]
