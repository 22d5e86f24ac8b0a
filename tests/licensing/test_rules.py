import pytest
from pytest_django import DjangoAssertNumQueries

from customers.errors import Refused
from licensing.models import Product
from licensing.rules import Catalog, check_plans
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
    assert problems([base, rival], [rival]) == {rival.pk: "Rival can't be held together with Base."}
    assert problems([base, rival], [base, rival]) == {
        base.pk: "Base can't be held together with Rival.",
        rival.pk: "Rival can't be held together with Base.",
    }
    location = "Set the usage location first: no license can be assigned without it."
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
    with pytest.raises(Refused, match=r"^There is no such service any more: CHAT, MAIL\. Look"):
        check_plans({base.pk: {"CHAT", "MAIL"}, addon.pk: {"MAIL"}})
