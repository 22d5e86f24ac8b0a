"""What a file is checked against."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.errors import Refused
from customers.roles import Role
from licensing.errors import resume_first
from licensing.models import SubscriptionStatus
from tests.factories import DomainFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from uploads.services import World


def test_it_knows_the_customers_own_alone(cast: Cast) -> None:
    DomainFactory.create(customer=cast.contoso, name="contoso.test")
    own = SubscriptionFactory.create(customer=cast.contoso, product__name="Mail")
    SubscriptionFactory.create(customer=cast.northwind, product__name="Word")
    world = World.of(cast.contoso, cast.alice)
    assert set(world.domains) == {"contoso.example", "contoso.test"}
    assert world.primary.name == "contoso.example"
    assert set(world.subscriptions) == {own.pk}
    assert world.free() == {own.pk: 10}


def test_products_are_known_by_name_and_sku(cast: Cast) -> None:
    own = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Mail", sku="MAIL-1")
    )
    ProductFactory.create(name="Word", sku="WORD-1")
    ProductFactory.create(name="Old", sku="OLD-1", is_offered=False)
    ProductFactory.create(name="Theirs", sku="THEIRS-1", partner=cast.litware)
    world = World.of(cast.contoso, cast.alice)
    assert set(world.offers) == {"mail", "mail-1"}
    assert all(offer and offer.subscription == own for offer in world.offers.values())
    assert world.not_bought == {"word": "Word", "word-1": "Word"}


def test_one_name_of_two_products_means_neither(cast: Cast) -> None:
    for sku in ("MAIL-1", "MAIL-2"):
        product = ProductFactory.create(name="Mail", sku=sku)
        SubscriptionFactory.create(customer=cast.contoso, product=product)
    world = World.of(cast.contoso, cast.alice)
    assert world.offers["mail"] is None
    assert world.offers["mail-1"] != world.offers["mail-2"]


def test_a_canceled_subscription_is_none_and_a_suspended_one_has_no_seat(cast: Cast) -> None:
    make = SubscriptionFactory.create
    make(customer=cast.contoso, status=SubscriptionStatus.CANCELED)
    suspended = make(customer=cast.contoso, status=SubscriptionStatus.SUSPENDED)
    assert World.of(cast.contoso, cast.alice).free() == {suspended.pk: 0}


def test_plans_are_known_by_name_and_code(cast: Cast) -> None:
    product = ProductFactory.create(plans=["POP3"])
    product.plans.update(name="Old Mail")
    own = SubscriptionFactory.create(customer=cast.contoso, product=product)
    offer = World.of(cast.contoso, cast.alice).subscriptions[own.pk]
    assert offer.plans == {"pop3": "POP3", "old mail": "POP3"}


def test_the_nearest_domain_is_one_that_is_near(cast: Cast) -> None:
    world = World.of(cast.contoso, cast.alice)
    for _again in range(2):
        assert world.nearest_domain("contoso.exampel") == "contoso.example"
        assert world.nearest_domain("woodgrove.test") == ""


def test_whoever_manages_users_in_part_reaches_no_administrator(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    assert not World.of(cast.contoso, admin).reaches_administrators
    for actor in (cast.alice, cast.gail, cast.support):
        assert World.of(cast.contoso, actor).reaches_administrators


def test_licenses_are_held_against_the_rules_of_products(cast: Cast) -> None:
    mail, archive = (ProductFactory.create(name=name) for name in ("Mail", "Archive"))
    archive.requires.add(mail)
    mail.blocked_countries = ["NO"]
    mail.save()
    first, second = (
        SubscriptionFactory.create(customer=cast.contoso, product=product).pk
        for product in (mail, archive)
    )
    problems = World.of(cast.contoso, cast.alice).license_problems
    assert problems((), (first, second), "DE") == ()
    assert problems((), (second,), "DE") == ("Archive needs Mail too.",)
    assert problems((first, second), (second,), "DE") == ("Archive, which stays, needs Mail.",)
    assert problems((first,), (first,), "NO") == ()
    assert problems((first,), (first,), "NO", moved=True) == ("Mail can't be used in Norway.",)


def test_a_license_of_a_subscription_that_ended_is_a_problem_for_who_gets_it_anew(
    cast: Cast,
) -> None:
    suspended = SubscriptionFactory.create(
        customer=cast.contoso, status=SubscriptionStatus.SUSPENDED
    )
    gone = suspended.pk + 1
    problems = World.of(cast.contoso, cast.alice).license_problems
    assert problems((), (gone,), "DE") == ("A subscription chosen for all users no longer exists.",)
    assert problems((), (suspended.pk,), "DE") == (resume_first(suspended),)
    assert problems((suspended.pk,), (suspended.pk,), "DE") == ()


@pytest.mark.parametrize("name", ["uma", "charlie", "sally"])
def test_whoever_may_not_add_users_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(Refused):
        World.of(cast.contoso, getattr(cast, name))


def test_queries_do_not_grow_with_what_was_bought(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    SubscriptionFactory.create(customer=cast.contoso, product__plans=["A"])
    World.of(cast.contoso, cast.alice)
    with CaptureQueriesContext(connection) as one:
        World.of(cast.contoso, cast.alice)
    for _number in range(3):
        SubscriptionFactory.create(customer=cast.contoso, product__plans=["A", "B"])
    with django_assert_num_queries(len(one)):
        World.of(cast.contoso, cast.alice)
