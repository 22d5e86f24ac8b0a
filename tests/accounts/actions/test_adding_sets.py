"""Add user: licenses, doing it once, and the set that the passwords are kept in."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import CredentialSheet, SheetKind, User
from accounts.services.credentials import destroy_sheet, slips_of
from accounts.services.users import reset_passwords
from customers.actions import Action
from customers.models import AuditEvent
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from tests.accounts.adding import NEW_USER, Data, added, errors, nobody_was_added, read_form
from tests.factories import (
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
    assign,
)
from tests.support.cast import Cast
from tests.support.forms import words
from tests.support.html import problems


@pytest.fixture
def address(client: Client, cast: Cast) -> str:
    client.force_login(cast.alice)
    return f"/customers/{cast.contoso.pk}/users/add/"


@pytest.fixture
def form(client: Client, cast: Cast, address: str) -> Data:
    """What the fresh page would send back, with a user filled in."""
    return read_form(client, address) | NEW_USER


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=3)


def test_licenses_are_given_without_the_services_switched_off(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    chosen = {"licenses": [teams.pk], f"shown_{teams.pk}": "CHAT CALLS"}
    client.post(address, {**form, **chosen, f"services_{teams.pk}": ["CALLS"]})
    row = LicenseAssignment.objects.get()
    assert (row.user, row.subscription, row.services_off) == (added(), teams, ["CHAT"])
    teams.refresh_from_db()
    assert teams.assigned == 1


def test_a_service_that_the_page_did_not_know_is_on(
    client: Client, address: str, form: Data, teams: Subscription
) -> None:
    client.post(address, {**form, "licenses": [teams.pk], f"shown_{teams.pk}": "CHAT"})
    assert LicenseAssignment.objects.get().services_off == ["CHAT"]


def test_services_of_a_subscription_that_is_not_chosen_do_nothing(
    client: Client, address: str, form: Data, teams: Subscription
) -> None:
    client.post(address, {**form, f"shown_{teams.pk}": "CHAT", f"services_{teams.pk}": ["CHAT"]})
    assert added().assignments.count() == 0


def test_full_and_suspended_subscriptions_can_not_be_chosen(
    client: Client, cast: Cast, address: str, teams: Subscription
) -> None:
    holders = UserFactory.create_batch(3, customer=cast.contoso)
    assign(teams, *holders)
    mail = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Mail")
    )
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.SUSPENDED)
    page = client.get(address).content.decode()
    assert page.count('name="licenses"') == 2
    assert page.count("disabled") == 2
    assert "No seats left." in page
    assert f'href="/customers/{cast.contoso.pk}/subscriptions/{teams.pk}/"' in page
    client.force_login(cast.gail)
    page = client.get(address).content.decode()
    assert "Buy more" not in page
    assert "Only your partner can do this." in page


def test_seats_gone_meanwhile_are_said_and_all_stays(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    assign(teams, *UserFactory.create_batch(3, customer=cast.contoso))
    data = {**form, "licenses": [teams.pk], f"shown_{teams.pk}": "CHAT CALLS"}
    response = client.post(address, {**data, f"services_{teams.pk}": ["CHAT"], "city": "Oslo"})
    assert errors(response) == {"licenses": ["Teams: 1 seat is missing."]}
    [option] = response.context["form"].options
    assert (option.chosen, option.problems) == (True, ["1 seat is missing."])
    assert [(plan.code, plan.is_on) for plan in option.plans] == [("CALLS", False), ("CHAT", True)]
    assert response.context["form"]["city"].value() == "Oslo"
    assert nobody_was_added()
    assert problems(response.content.decode()) == []


def test_rules_of_products_are_said_at_the_licenses(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    addon = ProductFactory.create(name="Add-on", requires=[teams.product])
    phone = SubscriptionFactory.create(customer=cast.contoso, product=addon)
    response = client.post(address, {**form, "licenses": [phone.pk]})
    assert errors(response) == {"licenses": ["Add-on needs Teams too."]}
    response = client.post(
        address, {**form, "licenses": [teams.pk, phone.pk], "usage_location": ""}
    )
    assert "Set the usage location first" in errors(response)["licenses"][0]
    assert nobody_was_added()


def test_other_customers_subscription_is_no_choice(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    theirs = SubscriptionFactory.create(customer=cast.northwind)
    assert list(errors(client.post(address, {**form, "licenses": [theirs.pk]}))) == ["licenses"]


def test_a_customer_without_subscriptions_says_what_to_do(
    client: Client, cast: Cast, address: str
) -> None:
    page = client.get(address).content.decode()
    assert f'href="/customers/{cast.contoso.pk}/subscriptions/add/"' in page


def test_the_same_form_twice_is_one_user_and_one_result(
    client: Client, address: str, form: Data
) -> None:
    first, second = client.post(address, form), client.post(address, form)
    assert first["Location"] == second["Location"]
    assert User.objects.filter(username__startswith="nora").count() == 1
    assert CredentialSheet.objects.get().users == 1


def test_after_back_another_user_name_is_another_user(
    client: Client, address: str, form: Data
) -> None:
    client.post(address, form)
    client.post(address, {**form, "user_name": "nora2"})
    assert User.objects.filter(username__startswith="nora").count() == 2


def test_save_and_add_another_collects_a_set(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    DomainFactory.create(customer=cast.contoso, name="a.example")
    chosen = {"licenses": [teams.pk], f"shown_{teams.pk}": "CHAT CALLS"}
    data = {
        **form,
        **chosen,
        f"services_{teams.pk}": ["CALLS"],
        "usage_location": "NO",
        "permission": "limited",
        "limited_roles": [Role.BILLING_ADMIN],
        "city": "Oslo",
    }
    response = client.post(address, {**data, "another": "yes"})
    sheet = CredentialSheet.objects.get()
    assert response["Location"] == f"{address}?sheet={sheet.pk}&like={added().pk}"
    page = client.get(response["Location"])
    next_form = page.context["form"]
    assert "Nora Ek was added." in page.content.decode()
    assert "1 user on this sheet." in page.content.decode()
    text = words(page.content.decode())
    assert "Permissions are not copied. Nora Ek has: Billing administrator." in text
    kept = ["domain", "usage_location", "permission", "limited_roles"]
    assert [next_form[name].value() for name in kept] == [
        cast.contoso.domains.get(name="contoso.example").pk,
        "NO",
        "user",
        None,
    ]
    [option] = next_form.options
    assert (option.chosen, [plan.is_on for plan in option.plans]) == (True, [True, False])
    for name in ("first_name", "display_name", "user_name", "city"):
        assert not next_form[name].value(), name
    again = read_form(client, response["Location"]) | {**NEW_USER, "user_name": "nora.two"}
    response = client.post(response["Location"], again)
    assert response["Location"] == f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/"
    names = [slip.user_name for slip in slips_of(CredentialSheet.objects.get())]
    assert names == ["nora.ek@contoso.example", "nora.two@contoso.example"]


def test_save_and_add_another_twice_is_one_user(client: Client, address: str, form: Data) -> None:
    data = {**form, "another": "yes"}
    assert client.post(address, data)["Location"] == client.post(address, data)["Location"]
    assert CredentialSheet.objects.get().users == 1


def test_a_seat_that_ran_out_is_not_taken_over_and_said(
    client: Client, cast: Cast, address: str, teams: Subscription
) -> None:
    holders = UserFactory.create_batch(3, customer=cast.contoso)
    assign(teams, *holders)
    page = client.get(address, {"like": holders[0].pk})
    assert page.context["form"].not_taken_over == ["Teams"]
    assert "Not copied" in page.content.decode()
    assert not page.context["form"].options[0].chosen


def test_only_ones_own_open_set_of_this_customer_is_added_to(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    reset = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    theirs = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.gail).sheet
    CredentialSheet.objects.filter(pk=theirs.pk).update(kind=SheetKind.ADDED)
    for pk in (reset.pk, theirs.pk, 999_999, "x"):
        assert client.get(address, {"sheet": pk}).context["sheet"] is None
    client.post(f"{address}?sheet={theirs.pk}", form)
    assert CredentialSheet.objects.get(pk=theirs.pk).users == 1


def test_likeness_of_strangers_is_ignored(client: Client, cast: Cast, address: str) -> None:
    stranger = UserFactory.create(customer=cast.adatum, usage_location="JP")
    page = client.get(address, {"like": stranger.pk})
    assert page.context["form"]["usage_location"].value() == "US"


def test_like_a_user_who_is_looked_for_by_name(client: Client, cast: Cast, address: str) -> None:
    ann = UserFactory.create(customer=cast.contoso, display_name="Ann Ek", department="Sales")
    UserFactory.create(customer=cast.contoso, display_name="Ann Lee")
    UserFactory.create(customer=cast.adatum, display_name="Ann Ekman")
    page = client.get(address, {"like_name": "ann"})
    text = words(page.content.decode())
    assert "Several users match. Choose one:" in text
    assert [user.display_name for user in page.context["named"]] == ["Ann Ek", "Ann Lee"]
    assert page.context["form"]["department"].value() is None
    for name in ("Ann ek", ann.user_name, ann.user_name.partition("@")[0]):
        page = client.get(address, {"like_name": name})
        assert page.context["form"]["department"].value() == "Sales", name
        assert problems(page.content.decode()) == []
    html = client.get(address, {"like_name": "<b>nobody</b>"}).content.decode()
    assert "No users match “<b>nobody</b>”." in words(html)


def test_the_log_names_the_action_and_no_password(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    client.post(address, form)
    [slip] = slips_of(CredentialSheet.objects.get())
    event = AuditEvent.objects.get(action=Action.USER_ADDED)
    assert (event.actor_id, event.target_id) == (cast.alice.pk, added().pk)
    for row in AuditEvent.objects.select_related("names"):
        assert slip.password not in f"{row.changes}{row.names.changes}"


def test_queries_of_the_page_do_not_grow_with_the_subscriptions(
    client: Client, cast: Cast, address: str, teams: Subscription
) -> None:
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        page = client.get(address)
    assert problems(page.content.decode()) == []
    for plans in (["A"], ["B", "C"]):
        SubscriptionFactory.create(
            customer=cast.contoso, product=ProductFactory.create(plans=plans)
        )
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert len(page.context["form"].options) == 3
    assert len(three) == len(one)


def test_a_set_that_was_closed_meanwhile_is_said(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    client.post(address, {**form, "another": "yes"})
    sheet = CredentialSheet.objects.get()
    destroy_sheet(sheet, actor=cast.alice)
    page = client.get(address, {"sheet": sheet.pk}).content.decode()
    assert "The sheet that you were adding to is closed" in page
    client.post(f"{address}?sheet={sheet.pk}", {**form, "user_name": "nora.two"})
    assert CredentialSheet.objects.exclude(pk=sheet.pk).get().users == 1


def test_looking_at_the_seats_again_keeps_everything_and_saves_nothing(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    assign(teams, *UserFactory.create_batch(3, customer=cast.contoso))
    assert "Refresh seats" in client.get(address).content.decode()
    Subscription.objects.filter(pk=teams.pk).update(quantity=4)
    response = client.post(address, {**form, "user_name": "", "look": "yes"})
    assert errors(response) == {}
    assert response.context["form"]["last_name"].value() == "Ek"
    assert not response.context["form"].options[0].is_off
    assert nobody_was_added()
