"""What a user may hold together, judged in memory by the rules of all products."""

import pytest
from pytest_django import DjangoAssertNumQueries

from customers.errors import Refused
from customers.services.messages import send
from licensing.models import Product
from licensing.rules import CATALOG, Catalog, ProductRules, check_plans
from tests.factories import ProductFactory


@pytest.fixture
def base(db: None) -> Product:
    return ProductFactory.create(name="Base", plans=["MAIL"], blocked_countries=["KP"])


@pytest.fixture
def addon(base: Product) -> Product:
    return ProductFactory.create(name="Add-on", requires=[base])


@pytest.fixture
def rival(base: Product) -> Product:
    return ProductFactory.create(name="Rival", conflicts=[base])


def problems(held: list[Product], taken: list[Product], location: str = "US") -> dict[int, str]:
    return Catalog().problems([p.pk for p in held], [p.pk for p in taken], location)


def test_what_fits_has_no_problems(base: Product, addon: Product) -> None:
    assert problems([base, addon], [base, addon]) == {}


def test_each_problem_is_a_sentence_at_its_product(
    base: Product, addon: Product, rival: Product
) -> None:
    assert problems([addon], [addon]) == {addon.pk: "Add-on needs Base too."}
    assert problems([base], [base], "KP") == {base.pk: "Base can't be used in North Korea."}
    assert problems([base, rival], [rival]) == {rival.pk: "Rival can't be combined with Base."}
    assert problems([base, rival], [base, rival]) == {
        base.pk: "Base can't be combined with Rival.",
        rival.pk: "Rival can't be combined with Base.",
    }
    location = "Set the usage location first: it is required to assign licenses."
    assert problems([base], [base], "") == {base.pk: location}


def test_only_what_is_taken_is_judged(base: Product, addon: Product) -> None:
    assert problems([addon], [], "KP") == {}


def test_what_stays_without_what_it_needs_is_named(base: Product, addon: Product) -> None:
    catalog = Catalog()
    assert catalog.orphaned([addon.pk], [base.pk]) == {addon.pk: "Add-on, which stays, needs Base."}
    assert catalog.orphaned([], [base.pk]) == {}
    assert catalog.orphaned([addon.pk], []) == {}


def test_the_catalog_is_one_query_whatever_there_is(
    base: Product, addon: Product, rival: Product, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ProductFactory.create_batch(5, plans=["A", "B"], requires=[base], conflicts=[addon])
    with django_assert_num_queries(1):
        Catalog()


def test_plans_must_be_of_their_product(base: Product, addon: Product) -> None:
    check_plans({})
    check_plans({base.pk: {"MAIL"}, addon.pk: set()})
    with pytest.raises(Refused, match=r"^These services no longer exist: CHAT, MAIL\. Check"):
        check_plans({base.pk: {"CHAT", "MAIL"}, addon.pk: {"MAIL"}})


def test_the_catalog_knows_every_product_with_its_rules(
    base: Product, addon: Product, rival: Product
) -> None:
    gone = ProductFactory.create(name="Gone", is_offered=False, requires=[base, rival])
    assert Catalog().products == {
        base.pk: ProductRules(
            base.pk, "Base", frozenset(), frozenset({rival.pk}), frozenset({"KP"})
        ),
        addon.pk: ProductRules(addon.pk, "Add-on", frozenset({base.pk}), frozenset(), frozenset()),
        rival.pk: ProductRules(rival.pk, "Rival", frozenset(), frozenset({base.pk}), frozenset()),
        # What is held of it stays, and so do its rules.
        gone.pk: ProductRules(
            gone.pk, "Gone", frozenset({base.pk, rival.pk}), frozenset(), frozenset()
        ),
    }


def test_an_answer_that_was_asked_for_along_with_others_is_the_catalog(
    addon: Product, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    [answer] = send(CATALOG())
    with django_assert_num_queries(0):
        products = Catalog(answer).products
    assert products == Catalog().products


def test_an_empty_catalog_is_no_error(db: None) -> None:
    catalog = Catalog()
    assert (catalog.products, catalog.problems([], [], "US")) == ({}, {})


def test_all_that_is_lacking_is_named_in_the_order_of_names(base: Product, addon: Product) -> None:
    suite = ProductFactory.create(name="Suite", requires=[base, addon])
    assert problems([suite], [suite]) == {suite.pk: "Suite needs Add-on, Base too."}
    assert problems([suite, base], [suite]) == {suite.pk: "Suite needs Add-on too."}
    stays = Catalog().orphaned([suite.pk], [base.pk, addon.pk])
    assert stays == {suite.pk: "Suite, which stays, needs Add-on, Base."}


def test_one_problem_is_told_at_a_time_the_place_first(base: Product, addon: Product) -> None:
    Product.objects.filter(pk=addon.pk).update(blocked_countries=["CU"])
    assert problems([addon], [addon], "CU") == {addon.pk: "Add-on can't be used in Cuba."}
    assert problems([addon], [addon], "")[addon.pk].startswith("Set the usage location first")


def test_a_product_of_two_given_up_at_once_leaves_no_orphan(base: Product, addon: Product) -> None:
    catalog = Catalog()
    assert catalog.orphaned([], [base.pk, addon.pk]) == {}
    assert catalog.orphaned([base.pk], [addon.pk]) == {}
