"""What users hold, in words that an upload reads as the same."""

from accounts.models import User
from accounts.queries.license_cells import HeldLicenses
from customers.models import Customer
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast


def sell(customer: Customer, name: str, sku: str, *plans: str) -> Subscription:
    product = ProductFactory.create(name=name, sku=sku, plans=plans)
    return SubscriptionFactory.create(customer=customer, product=product)


def cells(customer: Customer, *users: User) -> list[tuple[list[str], list[str]]]:
    held = HeldLicenses(customer)
    held.load(users)
    return [(held.products(user), held.services_off(user)) for user in users]


def test_products_are_called_by_name_in_its_order(cast: Cast) -> None:
    assign(sell(cast.contoso, "Visio", "V1"), cast.uma)
    assign(sell(cast.contoso, "Teams", "T1", "MAIL", "CHAT"), cast.uma, services_off=["CHAT"])
    assert cells(cast.contoso, cast.uma, cast.gail) == [(["Teams", "Visio"], ["CHAT"]), ([], [])]


def test_a_name_that_is_another_products_sku_is_written_as_sku(cast: Cast) -> None:
    assign(sell(cast.contoso, "Teams", "T1"), cast.uma)
    assign(sell(cast.contoso, "Old teams", "TEAMS"), cast.uma)
    assert cells(cast.contoso, cast.uma) == [(["Old teams", "T1"], [])]


def test_a_name_with_a_separator_in_it_is_written_as_sku(cast: Cast) -> None:
    assign(sell(cast.contoso, "Mail; and more", "M1"), cast.uma)
    assert cells(cast.contoso, cast.uma) == [(["M1"], [])]


def test_a_plan_of_two_products_is_written_with_its_product(cast: Cast) -> None:
    for name, sku in (("Teams", "T1"), ("Visio", "V1")):
        assign(sell(cast.contoso, name, sku, "MAIL", sku), cast.uma, services_off=["MAIL", sku])
    assert cells(cast.contoso, cast.uma) == [
        (["Teams", "Visio"], ["T1: MAIL", "T1", "V1: MAIL", "V1"])
    ]


def test_what_another_customer_has_bought_makes_no_name_ambiguous(cast: Cast) -> None:
    assign(sell(cast.contoso, "Teams", "T1"), cast.uma)
    sell(cast.northwind, "Old teams", "TEAMS")
    assert cells(cast.contoso, cast.uma) == [(["Teams"], [])]


def test_each_load_forgets_the_one_before(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso)
    assign(sell(cast.contoso, "Teams", "T1"), cast.uma, other)
    held = HeldLicenses(cast.contoso)
    held.load([cast.uma])
    held.load([other])
    assert (held.products(cast.uma), held.products(other)) == ([], ["Teams"])
