"""The form of a product: rows of services, and what is said at which field."""

from typing import Any

import pytest
from django.http import QueryDict

from customers.errors import Refused
from licensing.catalog.forms import MAX_ROWS, ProductForm
from licensing.models import Product
from licensing.services.own_products import OwnFacts
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


@pytest.fixture
def boards(cast: Cast) -> Product:
    return ProductFactory.create(partner=cast.fabrikam, name="Boards", plans=["BOARD", "NOTES"])


def sent(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in {"name": "Boards", "rows": "3", **values}.items():
        data[name] = value
    return data


def errors(product: Product | None = None, **values: Any) -> dict[str, list[str]]:
    form = ProductForm(sent(**values), product=product)
    return {name: [str(text) for text in texts] for name, texts in form.errors.items()}


def test_rows_become_plans_with_codes_of_their_names(db: None) -> None:
    form = ProductForm(
        sent(name=" Bo\u200bards ", sku="b.1", name_0="White board", name_2="Доска", code_2="x_1")
    )
    assert form.errors == {}
    assert form.facts() == OwnFacts("Boards", {"WHITE-BOARD": "White board", "X_1": "Доска"})
    assert form.cleaned_data["sku"] == "b.1"
    assert ProductForm(sent(name_0="Доска")).is_valid()


def test_known_rows_keep_their_codes_and_are_removed(boards: Product) -> None:
    rows = {"known_0": "BOARD", "name_0": "Canvas", "code_0": "HACK", "known_1": "NOTES"}
    form = ProductForm(sent(**rows, name_1="Notes", remove_1="on"), product=boards)
    assert form.is_valid()
    assert form.facts().plans == {"BOARD": "Canvas"}


def test_a_service_without_a_row_stays(boards: Product) -> None:
    """As where a colleague has added more than the form has room for."""
    form = ProductForm(sent(rows="1", known_0="BOARD", name_0="Canvas"), product=boards)
    assert form.is_valid()
    assert form.facts().plans == {"BOARD": "Canvas", "NOTES": "Notes"}


@pytest.mark.parametrize(
    "values, field, text",
    [
        ({"name": "", "name_0": "A"}, "name", "Enter the name of the product."),
        ({}, "name_0", "Add at least one service: it is what a license is for."),
        ({"rows": "0"}, "__all__", "Add at least one service: it is what a license is for."),
        ({"rows": "9" * 99}, "__all__", "Add at least one service: it is what a license is for."),
        ({"code_1": "A"}, "name_1", "Enter a name for this service, or remove it."),
        (
            {"name_0": "A", "name_1": "a"},
            "name_1",
            "Another service of this product has this name.",
        ),
        (
            {"name_0": "A", "name_1": "B", "code_1": "a"},
            "code_1",
            "Another service of this product has this code.",
        ),
        (
            {"name_0": "A", "code_0": "a;b"},
            "code_0",
            "Use letters without accents, digits, hyphens, dots and underscores.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    db: None, values: dict[str, Any], field: str, text: str
) -> None:
    assert errors(**values) == {field: [text]}


def test_a_code_that_is_there_is_not_taken_again(boards: Product) -> None:
    rows = {"known_0": "BOARD", "name_0": "Board", "known_1": "NOTES", "name_1": "Notes"}
    again = errors(boards, **rows, name_2="More", code_2="notes")
    assert again == {"code_2": ["Another service of this product has this code."]}


def test_one_more_row_keeps_what_was_typed_and_judges_nothing(boards: Product) -> None:
    typed = sent(rows="3", name="", name_2="Po\0lls", remove_1="on", known_1="NOTES")
    form = ProductForm(typed, product=boards, more=True)
    assert (form.is_bound, form.count, form["rows"].value()) == (False, 4, "4")
    rows = list(form.service_rows)
    assert (rows[2].name.value(), rows[1].is_known, rows[3].is_known) == ("Polls", True, False)
    assert rows[1].remove.value()
    assert "data-focus" in str(rows[3].name)
    full = ProductForm(sent(rows=str(MAX_ROWS)), more=True)
    assert (full.count, full.has_room) == (MAX_ROWS, False)


def test_it_says_what_keeps_a_service(cast: Cast, boards: Product) -> None:
    SubscriptionFactory.create(customer=cast.contoso, product=boards, holders=[cast.uma])
    rows = list(ProductForm(product=boards).service_rows)
    assert [row.use for row in rows] == ["1 license", "1 license", ""]


def test_a_refusal_stands_at_its_field(db: None) -> None:
    form = ProductForm(sent(name_0="A"))
    form.refuse(Refused("Taken.", code="sku-taken", field="sku"))
    form.refuse(Refused("In use.", code="service-plan-in-use", field="plans"))
    assert form.errors == {"sku": ["Taken."], "__all__": ["In use."]}
