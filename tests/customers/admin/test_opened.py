"""Pages of the admin that were open while somebody else changed the same row."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from html import unescape
from threading import Thread
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.services.staff import change_group
from accounts.services.users import change_user
from customers.actions import Action
from customers.models import AuditEvent, Customer, Partner
from customers.roles import Role
from customers.services.customers import change_customer
from licensing.models import Product, ServicePlan, Subscription
from licensing.services.subscriptions import change_price, change_seats
from tests.accounts.signin.second_steps import client_of, give_app
from tests.factories import (
    CustomerFactory,
    ProductFactory,
    ServicePlanFactory,
    SubscriptionFactory,
    SupportFactory,
)
from tests.support.admin import address, errors, typed
from tests.support.cast import Cast

MEANWHILE = "Someone else changed this to “{}” while you were editing. Save again to replace it."

BOTH = MEANWHILE.replace(
    "Save again to replace it", "Both changes are shown here. Save again to keep them"
)


@pytest.fixture
def support(cast: Cast) -> Client:
    give_app(cast.support)
    return client_of(cast.support, ago=0)


def test_what_a_page_only_shows_stays_as_the_partner_has_made_it(
    support: Client, cast: Cast
) -> None:
    url = address(Customer, "change", cast.contoso.pk)
    opened = typed(support.get(url))
    change_customer(cast.contoso, actor=cast.alice, name="Contoso Ltd", country="SE")
    sent = {**opened, "contact_email": "it@contoso.example"}
    assert support.post(url, sent).status_code == 302
    customer = Customer.objects.get(pk=cast.contoso.pk)
    assert (customer.name, customer.country) == ("Contoso Ltd", "SE")
    assert customer.contact_email == "it@contoso.example"


def test_what_a_page_replaces_unseen_is_told_first(support: Client, cast: Cast) -> None:
    url = address(Customer, "change", cast.contoso.pk)
    opened = typed(support.get(url))
    change_customer(cast.contoso, actor=cast.alice, name="Contoso Ltd", country="SE")
    page = support.post(url, {**opened, "name": "Contoso AG", "country": "SE"})
    assert errors(page) == {"name": [MEANWHILE.format("Contoso Ltd")]}
    assert Customer.objects.get(pk=cast.contoso.pk).name == "Contoso Ltd"
    again = typed(page)
    assert (again["name"], again["initial-name"]) == ("Contoso AG", "Contoso Ltd")
    assert support.post(url, again).status_code == 302
    assert Customer.objects.get(pk=cast.contoso.pk).name == "Contoso AG"


def test_a_users_details_and_roles_stay_where_they_were_left_alone(
    support: Client, cast: Cast
) -> None:
    url = address(User, "change", cast.uma.pk)
    opened = typed(support.get(url))
    assert opened["roles"] == []
    change_user(
        cast.uma,
        customer=cast.contoso,
        actor=cast.alice,
        fields={"department": "Sales"},
        roles=(Role.LICENSE_ADMIN,),
    )
    assert support.post(url, {**opened, "office": "12"}).status_code == 302
    uma = User.objects.get(pk=cast.uma.pk)
    assert (uma.department, uma.office, uma.roles) == ("Sales", "12", (Role.LICENSE_ADMIN,))


def test_roles_that_were_ticked_survive_a_page_that_comes_back_for_another_reason(
    support: Client, cast: Cast
) -> None:
    url = address(User, "change", cast.uma.pk)
    sent = {**typed(support.get(url)), "user_name": "uma@elsewhere.example"}
    page = support.post(url, {**sent, "roles": [Role.LICENSE_ADMIN.value]})
    assert errors(page).keys() == {"user_name"}
    assert typed(page)["initial-roles"] == ""
    again = typed(page) | {"user_name": cast.uma.user_name}
    assert support.post(url, again).status_code == 302
    assert User.objects.get(pk=cast.uma.pk).roles == (Role.LICENSE_ADMIN,)


def test_of_roles_that_two_have_changed_the_page_shows_what_both_meant(
    support: Client, cast: Cast
) -> None:
    first, given = (Role.BILLING_ADMIN, Role.SERVICE_ADMIN), (Role.LICENSE_ADMIN, Role.USER_ADMIN)
    of_uma: Any = {"customer": cast.contoso, "actor": cast.alice, "fields": {}}
    change_user(cast.uma, **of_uma, roles=first)
    url = address(User, "change", cast.uma.pk)
    opened = typed(support.get(url))
    change_user(cast.uma, **of_uma, roles=(first[1], *given))
    page = support.post(url, {**opened, "roles": [first[0].value, Role.PASSWORD_ADMIN.value]})
    (told,) = errors(page)["roles"]
    assert told.endswith("Both changes are shown here. Save again to keep them.")
    assert all(str(role.label) in told for role in (first[1], *given))
    assert {*typed(page)["roles"]} == {*given, Role.PASSWORD_ADMIN}
    assert {*User.objects.get(pk=cast.uma.pk).roles} == {first[1], *given}
    assert support.post(url, typed(page)).status_code == 302
    assert {*User.objects.get(pk=cast.uma.pk).roles} == {*given, Role.PASSWORD_ADMIN}


def test_seats_that_the_partner_has_bought_are_not_given_back_with_a_price(
    support: Client, cast: Cast
) -> None:
    row = SubscriptionFactory.create(customer=cast.contoso, quantity=5)
    url = address(Subscription, "change", row.pk)
    opened = typed(support.get(url))
    change_seats(row, 20, actor=cast.alice)
    assert support.post(url, {**opened, "price": "9.50", "currency": "EUR"}).status_code == 302
    row.refresh_from_db()
    assert (row.quantity, str(row.price)) == (20, "9.50")
    page = support.post(url, {**opened, "quantity": 7, "price": "9.50", "currency": "EUR"})
    assert errors(page) == {"quantity": [MEANWHILE.format("20")]}


def test_a_product_and_a_group_keep_what_a_colleague_has_chosen(
    support: Client, cast: Cast
) -> None:
    product, needed = ProductFactory.create(), ProductFactory.create()
    url = address(Product, "change", product.pk)
    opened = typed(support.get(url))
    product.requires.add(needed)
    Product.objects.filter(pk=product.pk).update(is_offered=not product.is_offered)
    assert support.post(url, {**opened, "name": "Teams Pro"}).status_code == 302
    fresh = Product.objects.get(pk=product.pk)
    assert (fresh.name, fresh.is_offered) == ("Teams Pro", not product.is_offered)
    assert list(fresh.requires.all()) == [needed]
    may = list(Permission.objects.order_by("pk")[:2])
    group = change_group(Group(), actor=cast.support, name="Second line", permissions=may[:1])
    url = address(Group, "change", group.pk)
    opened = typed(support.get(url))
    group.permissions.set(may[1:])
    page = support.post(url, {**opened, "permissions": [row.pk for row in may]})
    assert errors(page)["permissions"] == [BOTH.format(may[1])]
    # What one has taken away does not come back with what the other has left alone.
    assert typed(page)["permissions"] == [str(may[1].pk)]
    assert support.post(url, {**opened, "name": "First line"}).status_code == 302
    assert list(Group.objects.get(pk=group.pk).permissions.all()) == may[1:]


def test_a_price_that_was_cleared_or_made_free_meanwhile_is_told_and_can_be_replaced(
    support: Client, cast: Cast
) -> None:
    row = SubscriptionFactory.create(customer=cast.contoso, price="9.50", currency="EUR")
    url = address(Subscription, "change", row.pk)
    opened = typed(support.get(url))
    for price, currency, told in ((None, "", "–"), ("0.00", "USD", "0.00")):
        Subscription.objects.filter(pk=row.pk).update(price=price, currency=currency)
        page = support.post(url, {**opened, "price": "8"})
        assert errors(page)["price"] == [MEANWHILE.format(told)]
        assert support.post(url, typed(page)).status_code == 302
        row.refresh_from_db()
        assert (str(row.price), row.currency) == ("8.00", "EUR")


def test_a_price_and_its_currency_are_one_value(support: Client, cast: Cast) -> None:
    row = SubscriptionFactory.create(customer=cast.contoso, price="5.00", currency="EUR")
    url = address(Subscription, "change", row.pk)
    opened = typed(support.get(url))
    change_price(row, Decimal("5.00"), "JPY", actor=cast.alice)
    page = support.post(url, {**opened, "price": "7"})
    assert errors(page) == {"currency": [MEANWHILE.format("JPY")]}
    row.refresh_from_db()
    assert (str(row.price), row.currency) == ("5.00", "JPY")
    assert support.post(url, typed(page)).status_code == 302
    row.refresh_from_db()
    assert (str(row.price), row.currency) == ("7.00", "EUR")


def test_what_no_page_opened_with_changes_nothing_and_is_no_error(
    support: Client, cast: Cast
) -> None:
    row = SubscriptionFactory.create(customer=cast.contoso, price="5.00", currency="EUR")
    url = address(Subscription, "change", row.pk)
    opened = typed(support.get(url))
    for odd in ("sNaN", "NaN", "1E+999999", "x", ""):
        assert support.post(url, {**opened, "initial-price": odd}).status_code < 500
        row.refresh_from_db()
        assert (str(row.price), row.currency) == ("5.00", "EUR")
    for odd in ("sNaN", "NaN", "-sNaN1", "Infinity"):
        page = support.post(url, {**opened, "price": odd})
        assert list(errors(page)) == ["price"]


def test_roles_as_they_are_are_not_given_again_whatever_the_page_says_it_had(
    support: Client, cast: Cast
) -> None:
    url = address(User, "change", cast.gail.pk)
    sent = typed(support.get(url)) | {"initial-roles": Role.LICENSE_ADMIN.value}
    assert support.post(url, {**sent, "office": "12"}).status_code == 302
    event = AuditEvent.objects.get(action=Action.USER_CHANGED)
    assert "roles" not in event.changes


def test_thousands_of_chosen_customers_are_one_control(support: Client, cast: Cast) -> None:
    cast.bob.allowed_customers.set([cast.contoso, cast.northwind])
    url = address(User, "change", cast.bob.pk)
    page = support.get(url).content.decode()
    assert page.count('name="initial-allowed_customers"') == 1
    sent = typed(support.get(url)) | {"display_name": "Robert"}
    # As the control for numbers sends them.
    sent["allowed_customers"] = ",".join(map(str, sent["allowed_customers"]))
    cast.bob.allowed_customers.set([cast.contoso])
    assert support.post(url, sent).status_code == 302
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.display_name, list(bob.allowed_customers.all())) == ("Robert", [cast.contoso])


def test_customers_that_two_have_opened_come_back_both_and_a_few_are_named(
    support: Client, cast: Cast
) -> None:
    url = address(User, "change", cast.bob.pk)
    opened = typed(support.get(url))
    many = CustomerFactory.create_batch(12, partner=cast.fabrikam)
    cast.bob.allowed_customers.set(many)
    page = support.post(url, {**opened, "allowed_customers": str(cast.contoso.pk)})
    (told,) = errors(page)["allowed_customers"]
    assert sum(customer.name in told for customer in many) == 10
    assert "and 2 more" in told
    again = typed(page)
    assert len(again["allowed_customers"]) == 13
    again["allowed_customers"] = ",".join(again["allowed_customers"])
    assert support.post(url, again).status_code == 302
    assert {*User.objects.get(pk=cast.bob.pk).allowed_customers.all()} == {*many, cast.contoso}


@pytest.mark.parametrize(
    ("sent", "left"), [("", {"theirs"}), (" {first} , {mine}", {"first", "mine", "theirs"})]
)
def test_of_a_list_that_one_has_typed_anew_stays_what_the_other_has_added(
    support: Client, cast: Cast, sent: str, left: set[str]
) -> None:
    names = ("first", "mine", "theirs")
    ids = {name: CustomerFactory.create(partner=cast.fabrikam, name=name).pk for name in names}
    cast.bob.allowed_customers.set([ids["first"]])
    url = address(User, "change", cast.bob.pk)
    opened = typed(support.get(url))
    cast.bob.allowed_customers.add(ids["theirs"])
    page = support.post(url, {**opened, "allowed_customers": sent.format(**ids)})
    assert set(typed(page)["allowed_customers"]) == {str(ids[name]) for name in left}
    assert errors(page)["allowed_customers"]


def test_names_of_plans_are_not_given_back_with_the_products(support: Client) -> None:
    plan = ServicePlanFactory.create(code="MAIL", name="Mail")
    url = address(Product, "change", plan.product_id)
    opened = typed(support.get(url))
    ServicePlan.objects.filter(pk=plan.pk).update(name="Exchange")
    assert support.post(url, {**opened, "name": "Business"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.name, plan.product.name) == ("Exchange", "Business")
    page = support.post(url, {**opened, "name": "Business", "plans-0-name": "Letters"})
    [formset] = page.context["inline_admin_formsets"]
    assert formset.formset.forms[0].errors == {"name": [MEANWHILE.format("Exchange")]}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_clash_of_the_last_moment_is_found_under_the_lock_and_told_at_the_field(
    support: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = address(Customer, "change", cast.contoso.pk)
    opened = typed(support.get(url))
    real = Customer.objects.select_for_update

    def change_first(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.undo()
        thread = Thread(target=change)
        thread.start()
        thread.join()
        return real(*args, **kwargs)

    def change() -> None:
        Customer.objects.filter(pk=cast.contoso.pk).update(country="SE")
        connection.close()

    monkeypatch.setattr(Customer.objects, "select_for_update", change_first)
    page = support.post(url, {**opened, "country": "NO"})
    assert errors(page) == {"country": [MEANWHILE.format("Sweden")]}
    assert support.post(url, typed(page)).status_code == 302
    assert Customer.objects.get(pk=cast.contoso.pk).country == "NO"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["staff", "support", "user", "group", "product", "plan"])
def test_what_came_between_the_form_and_the_lock_is_neither_lost_nor_replaced_unseen(
    support: Client, cast: Cast, kind: str
) -> None:
    rows: dict[str, tuple[Any, dict[str, Any]]] = {
        "staff": (cast.bob, {"last_name": "Between"}),
        "support": (SupportFactory.create(), {"last_name": "Between"}),
        "user": (cast.uma, {"last_name": "Between"}),
        "group": (Group.objects.create(name="Desk"), {}),
        "product": (ProductFactory.create(plans=["MAIL"]), {"is_offered": False}),
        "plan": (ServicePlanFactory.create(code="MAIL"), {}),
    }
    row, between = rows[kind]
    page = row.product if kind == "plan" else row
    url = address(type(page), "change", page.pk)
    field = "name" if hasattr(row, "name") else "first_name"
    sent = "plans-0-name" if kind == "plan" else field
    with saved_before_the_lock(row, **between):
        assert support.post(url, {**typed(support.get(url)), sent: "Mine"}).status_code == 302
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in (field, *between)} == {field: "Mine", **between}
    with saved_before_the_lock(row, **{field: "Theirs"}):
        answer = support.post(url, {**typed(support.get(url)), sent: "Mine as well"})
    row.refresh_from_db()
    assert (answer.status_code, getattr(row, field)) == (200, "Theirs")
    assert MEANWHILE.format("Theirs") in unescape(answer.content.decode())


@contextmanager
def saved_before_the_lock(row: Any, **values: Any) -> Iterator[None]:
    """Have somebody else save this when the page is about to take its first lock."""

    def save() -> None:
        type(row).objects.filter(pk=row.pk).update(**values)
        connection.close()

    def watch(execute: Any, sql: str, *args: Any) -> Any:
        if values and "FOR NO KEY UPDATE" in sql and not threads:
            threads.append(Thread(target=save))
            threads[0].start()
            threads[0].join()
        return execute(sql, *args)

    threads: list[Thread] = []
    with connection.execute_wrapper(watch):
        yield
    assert len(threads) == bool(values)


def test_a_page_from_before_it_knew_what_it_opened_with_saves_all_of_it(
    support: Client, cast: Cast
) -> None:
    url = address(Partner, "change", cast.fabrikam.pk)
    opened = typed(support.get(url))
    Partner.objects.filter(pk=cast.fabrikam.pk).update(help_note="Weekdays")
    old = {name: opened[name] for name in opened if not name.startswith("initial-")}
    sent = {**old, "help_note": "Daily", "host_names": "testserver"}
    page = support.post(url, sent)
    # What the service says of the name, and no error for want of what the page opened with.
    assert errors(page).keys() == {"host_names"}
    assert support.post(url, {**sent, "host_names": ""}).status_code == 302
    assert Partner.objects.get(pk=cast.fabrikam.pk).help_note == "Daily"
