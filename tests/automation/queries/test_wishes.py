"""What can be asked for: the least that opens the door, and nothing that one has."""

from pytest_django import DjangoAssertNumQueries

from applications.models import Application
from automation.queries.wishes import Wishes
from licensing.models import Product
from licensing.services.subscriptions import suspend_subscription
from tests.automation.services.asked import Door, closed_door
from tests.factories import ApplicationFactory, ProductFactory, SubscriptionFactory, assign
from tests.support.cast import Cast


def values(door: Door) -> list[tuple[str, str, bool]]:
    found = Wishes(door.user).of_applications([door.application]).get(door.application.pk, [])
    return [
        (wish.product.name, wish.plan.code if wish.plan else "", bool(wish.subscription))
        for wish in found
    ]


def open_by(door: Door, product: Product) -> None:
    door.application.opening_plans.create(plan=product.plans.get())


def test_a_license_of_the_customer_comes_before_one_that_has_to_be_bought(cast: Cast) -> None:
    door = closed_door(cast)
    open_by(door, ProductFactory.create(name="Suite", plans=["SUITE"]))
    assert values(door) == [("Teams", "", True)]


def test_a_service_that_is_off_comes_before_another_license(cast: Cast) -> None:
    door = closed_door(cast)
    suite = ProductFactory.create(name="Suite", plans=["SUITE"])
    SubscriptionFactory.create(customer=cast.contoso, product=suite)
    open_by(door, suite)
    assign(door.pool, door.user, services_off=["CHAT"])
    assert values(door) == [("Teams", "CHAT", True)]


def test_each_product_is_offered_once_however_many_of_its_services_open_it(cast: Cast) -> None:
    door = closed_door(cast)
    door.application.opening_plans.create(plan=door.product.plans.get(code="CALLS"))
    assert values(door) == [("Teams", "", True)]


def test_what_is_suspended_or_another_partners_own_is_no_help(cast: Cast) -> None:
    door = closed_door(cast)
    suspend_subscription(door.pool, actor=cast.alice)
    open_by(door, ProductFactory.create(name="Theirs", partner=cast.litware, plans=["OWN"]))
    assert values(door) == []


def test_an_application_that_is_off_is_opened_by_nothing(cast: Cast) -> None:
    door = closed_door(cast)
    Application.objects.update(is_on=False)
    door.application.refresh_from_db()
    assert values(door) == []


def test_of_products_those_of_the_customer_are_offered_that_one_lacks(cast: Cast) -> None:
    door = closed_door(cast)
    SubscriptionFactory.create(customer=cast.northwind, product=ProductFactory.create(name="Nope"))
    assert [wish.value for wish in Wishes(door.user).of_products()] == [str(door.product.pk)]
    assign(door.pool, door.user)
    assert Wishes(door.user).of_products() == []


def test_many_applications_cost_the_queries_of_one(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    door = closed_door(cast)
    plan = door.product.plans.get(code="CALLS")
    more = [
        ApplicationFactory.create(partner=cast.fabrikam, opened_by=[plan]) for _turn in range(5)
    ]
    for applications in ([door.application], [door.application, *more]):
        with django_assert_num_queries(4):
            Wishes(door.user).of_applications(applications)
