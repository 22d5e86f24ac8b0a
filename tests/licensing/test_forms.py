"""Forms of subscriptions: a number of seats, a day of renewal, a product that is offered."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from licensing.forms import LONGEST_TERM, SeatsForm, SubscriptionAddForm
from licensing.models import Product
from licensing.services.subscriptions import MAX_SEATS
from tests.factories import ProductFactory
from tests.support.cast import Cast

# Of whom there are no products.
PARTNER = 0


@pytest.fixture
def office(db: None) -> Product:
    return ProductFactory.create(name="Office")


def adding(product: Any, **values: Any) -> SubscriptionAddForm:
    tomorrow = timezone.localdate() + timedelta(days=1)
    pk = product.pk if isinstance(product, Product) else product
    sent = {"product": pk, "quantity": 5, "renews_on": tomorrow, **values}
    form = SubscriptionAddForm(sent, partner=PARTNER)
    form.is_valid()
    return form


def test_a_product_seats_and_a_day_are_enough(office: Product) -> None:
    form = adding(office, key="k")
    assert form.errors == {}
    assert form.cleaned_data == {
        "product": office,
        "quantity": 5,
        "renews_on": timezone.localdate() + timedelta(days=1),
        "price": None,
        "currency": "",
        "key": "k",
    }


def test_what_is_left_empty_is_asked_for_in_words_of_its_own(office: Product) -> None:
    assert adding("", quantity="", renews_on="").errors == {
        "product": ["Choose a product."],
        "quantity": ["Enter the number of seats."],
        "renews_on": ["Enter the day of the renewal."],
    }


def test_a_product_that_is_no_longer_offered_is_not_sold(office: Product) -> None:
    Product.objects.filter(pk=office.pk).update(is_offered=False)
    gone = {"product": ["This product is no longer offered. Choose another."]}
    assert adding(office).errors == gone
    assert adding(0).errors == adding("x").errors == gone


SEATS = [
    ("1", None),
    (str(MAX_SEATS), None),
    ("0", "A subscription has at least one seat."),
    ("-5", "A subscription has at least one seat."),
    (str(MAX_SEATS + 1), "A subscription can have up to 1,000,000 seats."),
    ("many", "Enter a whole number, such as 25."),
    ("2.5", "Enter a whole number, such as 25."),
    ("9" * 5_000, "Enter a whole number, such as 25."),
]


@pytest.mark.parametrize("text, problem", SEATS)
def test_a_number_of_seats_is_whole_and_within_its_limits(
    office: Product, text: str, problem: str | None
) -> None:
    expected = {"quantity": [problem]} if problem else {}
    assert adding(office, quantity=text).errors == expected
    form = SeatsForm({"quantity": text}, assigned=0)
    assert form.errors == expected


@pytest.mark.parametrize(
    "days, is_taken",
    [(-1, False), (0, False), (1, True), (LONGEST_TERM.days, True), (LONGEST_TERM.days + 1, False)],
)
def test_it_renews_from_tomorrow_on_within_ten_years(
    office: Product, days: int, *, is_taken: bool
) -> None:
    form = adding(office, renews_on=timezone.localdate() + timedelta(days=days))
    wrong = {"renews_on": ["Choose a day from tomorrow on, within the next ten years."]}
    assert form.errors == ({} if is_taken else wrong)


@pytest.mark.parametrize("day", ["soon", "2027-02-30", "31.3.2027"])
def test_what_is_no_day_is_told_how_one_is_written(office: Product, day: str) -> None:
    assert adding(office, renews_on=day).errors == {
        "renews_on": ["Enter a date such as 2027-03-31."]
    }


def test_today_is_the_viewers(office: Product) -> None:
    """Where it is tomorrow already, tomorrow is over as soon as it begins there."""
    with timezone.override("Pacific/Kiritimati"):
        ahead: date = timezone.localdate()
        assert "renews_on" in adding(office, renews_on=ahead).errors
        assert adding(office, renews_on=ahead + timedelta(days=1)).errors == {}


def test_what_is_offered_comes_with_its_plans_and_rules(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    base = ProductFactory.create(name="Office", plans=["MAIL"])
    addon = ProductFactory.create(name="Phone", requires=[base])
    form = SubscriptionAddForm(partner=PARTNER)
    with django_assert_num_queries(4):
        offered = list(form.offered)
        assert [[plan.code for plan in row.plans.all()] for row in offered] == [["MAIL"], []]
        assert list(offered[1].requires.all()) == [base]
    assert offered == [base, addon]


def test_the_seats_that_are_assigned_are_said_beside_the_field() -> None:
    some = SeatsForm(assigned=1_200)
    assert some.fields["quantity"].help_text == "Not fewer than the 1,200 assigned."
    assert not SeatsForm(assigned=0).fields["quantity"].help_text


def test_what_the_page_showed_comes_along_or_is_nothing() -> None:
    form = SeatsForm({"quantity": "3", "seen": "2", "next": "/x/", "key": "k"}, assigned=2)
    assert form.is_valid()
    assert form.cleaned_data == {"quantity": 3, "seen": 2, "next": "/x/", "key": "k"}
    bare = SeatsForm({"quantity": "3"}, assigned=2)
    assert bare.is_valid()
    assert bare.cleaned_data == {"quantity": 3, "seen": None, "next": "", "key": ""}


def test_own_products_come_first_and_another_partners_are_no_choice(cast: Cast) -> None:
    office = ProductFactory.create(name="Office")
    own = ProductFactory.create(name="Whiteboard", partner=cast.fabrikam)
    theirs = ProductFactory.create(name="Archive", partner=cast.litware, conflicts=[office])
    form = SubscriptionAddForm({"product": theirs.pk, "quantity": 5}, partner=cast.fabrikam.pk)
    assert [product.name for product in form.offered] == ["Whiteboard", "Office"]
    assert list(form.offered[1].conflicts.all()) == []
    assert form.errors["product"] == ["This product is no longer offered. Choose another."]
    assert own in form.offered
