"""The catalog in the admin: products change with their plans, and through the service alone."""

import pytest
from django.test import Client

from accounts.invariants import violations
from customers.actions import Action
from customers.models import AuditEvent
from licensing.models import Product, ServicePlan, Subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.admin import address, errors, typed
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams", sku="TEAMS", plans=("MEET", "CHAT"))
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=2, holders=[cast.uma]
    )


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_product_and_its_plans_change_in_the_log(support: Client, teams: Subscription) -> None:
    change = address(Product, "change", teams.product_id)
    values = typed(support.get(change))
    names = [name for name in values if name.startswith("plans-") and values[name] == "Chat"]
    extra = f"plans-{int(values['plans-INITIAL_FORMS'])}"
    values |= {
        names[0]: "Chat and Calls",
        f"{extra}-code": "POLL",
        f"{extra}-name": "Polls",
        "blocked_countries": "cn, DE,",
        "is_offered": "",
    }
    support.post(change, values)
    product = Product.objects.get(pk=teams.product_id)
    plans = dict(product.plans.values_list("code", "name"))
    assert plans == {"CHAT": "Chat and Calls", "MEET": "Meet", "POLL": "Polls"}
    assert (product.blocked_countries, product.is_offered) == (["CN", "DE"], False)
    event = AuditEvent.objects.get(action=Action.PRODUCT_CHANGED)
    assert set(event.changes) == {"plans", "blocked_countries", "is_offered"}
    assert violations() == []


def test_a_plan_keeps_its_code(support: Client, teams: Subscription) -> None:
    change = address(Product, "change", teams.product_id)
    values = typed(support.get(change))
    code = next(name for name in values if values[name] == "CHAT")
    support.post(change, {**values, code: "TALK"})
    codes = Product.objects.get(pk=teams.product_id).plans.values_list("code", flat=True)
    assert set(codes) == {"CHAT", "MEET"}


def test_a_product_neither_needs_nor_fights_itself(support: Client, teams: Subscription) -> None:
    change = address(Product, "change", teams.product_id)
    values = typed(support.get(change))
    page = support.get(change)
    own = f'value="{teams.product_id}"'
    assert own not in str(page.context["adminform"].form["requires"])
    assert own not in str(page.context["adminform"].form["conflicts"])
    page = support.post(change, {**values, "requires": [teams.product_id]})
    assert list(errors(page)) == ["requires"]
    page = support.post(change, {**values, "blocked_countries": "CN, Narnia"})
    assert errors(page) == {"blocked_countries": ["No country has this code: NARNIA."]}
    other = ProductFactory.create()
    both = {"requires": [other.pk], "conflicts": [other.pk]}
    assert "conflicts" in errors(support.post(change, {**values, **both}))
    assert actions() == []


def test_a_new_product_has_its_sku_in_upper_case(support: Client) -> None:
    add = address(Product, "add")
    values = typed(support.get(add))
    values |= {"sku": "notes-1", "name": "Notes", "plans-0-code": "NOTES", "plans-0-name": "Notes"}
    support.post(add, values)
    product = Product.objects.get(sku="NOTES-1")
    assert product.plans.get().code == "NOTES"
    page = support.post(add, values)
    assert "sku" in errors(page)
    assert actions() == [Action.PRODUCT_ADDED]


@pytest.mark.parametrize(
    "typed_codes, stored",
    [("", []), (" , ", []), ("cu", ["CU"]), ("KP, cu ,KP,", ["CU", "KP"])],
)
def test_codes_of_countries_are_read_as_users_type_them(
    support: Client, teams: Subscription, typed_codes: str, stored: list[str]
) -> None:
    change = address(Product, "change", teams.product_id)
    values = typed(support.get(change))
    support.post(change, {**values, "blocked_countries": typed_codes})
    product = Product.objects.get(pk=teams.product_id)
    assert product.blocked_countries == stored
    again = typed(support.get(change))
    assert again["blocked_countries"] == ", ".join(stored)
    page = support.get(address(Product, "changelist")).content.decode()
    assert ", ".join(stored) in page


def test_a_product_saved_as_it_was_is_no_event(support: Client, teams: Subscription) -> None:
    change = address(Product, "change", teams.product_id)
    assert support.post(change, typed(support.get(change))).status_code == 302
    assert actions() == []


def test_rules_are_chosen_among_the_other_products(support: Client, teams: Subscription) -> None:
    other = ProductFactory.create(name="Base", sku="BASE")
    change = address(Product, "change", teams.product_id)
    support.post(change, {**typed(support.get(change)), "requires": [other.pk], "sku": "NEW"})
    product = Product.objects.get(pk=teams.product_id)
    assert (list(product.requires.all()), product.sku) == ([other], "TEAMS")


def test_plans_are_found_and_only_looked_at(support: Client, teams: Subscription) -> None:
    plan = teams.product.plans.get(code="CHAT")
    page = support.get(f"{address(ServicePlan, 'changelist')}?q=teams")
    assert {row.code for row in page.context["cl"].result_list} == {"CHAT", "MEET"}
    assert support.get(address(ServicePlan, "add")).status_code == 403
    assert support.post(address(ServicePlan, "delete", plan.pk), {"post": "yes"}).status_code == 403
    assert "_save" not in support.get(address(ServicePlan, "change", plan.pk)).content.decode()


def test_each_cell_of_a_plan_has_a_name_for_those_who_hear_it(
    support: Client, teams: Subscription
) -> None:
    page = support.get(address(Product, "change", teams.product_id)).content.decode()
    assert 'aria-label="Code"' in page
    assert 'aria-label="Name"' in page


def test_support_staff_add_and_find_products_of_a_partner(
    support: Client, cast: Cast, teams: Subscription
) -> None:
    add = address(Product, "add")
    values = {**typed(support.get(add)), "sku": "boards", "name": "Boards"}
    support.post(add, {**values, "partner": cast.fabrikam.pk})
    own = Product.objects.get(sku="BOARDS")
    assert own.partner == cast.fabrikam
    assert AuditEvent.objects.get(action=Action.PRODUCT_ADDED).partner == cast.fabrikam
    listed = address(Product, "changelist")
    only = support.get(listed, {"partner__id__exact": cast.fabrikam.pk})
    assert list(only.context["cl"].queryset) == [own]
    assert "All partners" in support.get(listed).content.decode()
    # Whose it is stays.
    change = address(Product, "change", own.pk)
    support.post(change, {**typed(support.get(change)), "partner": cast.litware.pk})
    own.refresh_from_db()
    assert own.partner == cast.fabrikam
    page = support.post(add, {**values, "name": "Others"})
    assert errors(page) == {"sku": ["A product with this SKU already exists."]}


def test_a_partners_product_is_for_its_customers_alone(support: Client, cast: Cast) -> None:
    own = ProductFactory.create(partner=cast.fabrikam, name="Boards")
    add = address(Subscription, "add")
    values = {"customer": cast.adatum.pk, "product": own.pk, "quantity": "3"}
    page = support.post(add, {**values, "renews_on": "2027-03-31"})
    assert "Boards is another partner's own product" in str(errors(page))
    assert "Boards (Fabrikam)" in support.get(add).content.decode()
    support.post(add, {**values, "customer": cast.contoso.pk, "renews_on": "2027-03-31"})
    assert Subscription.objects.get().customer == cast.contoso
