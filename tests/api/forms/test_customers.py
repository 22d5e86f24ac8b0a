"""For all customers, or for those that are checked."""

import pytest
from django.http import QueryDict

from api.forms.customers import CustomersForm
from customers.models import Customer
from tests.support.cast import Cast


def form(cast: Cast, text: str) -> CustomersForm:
    made = CustomersForm(QueryDict(text))
    made.offer(Customer.objects.filter(partner=cast.fabrikam))
    return made


def test_all_are_none_in_particular(cast: Cast) -> None:
    sent = form(cast, f"reach=all&customers={cast.contoso.pk}")
    assert sent.is_valid()
    assert sent.chosen() is None


def test_some_are_those_that_are_checked(cast: Cast) -> None:
    sent = form(cast, f"reach=some&customers={cast.northwind.pk}&customers={cast.contoso.pk}")
    assert sent.is_valid()
    assert sent.chosen() == [cast.contoso, cast.northwind]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("reach=some", {"customers": ["Choose at least one customer."]}),
        ("reach=most", {"reach": ["Choose from the list."]}),
        ("reach=some&customers=x", {"customers": ["Choose from the list."]}),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    cast: Cast, text: str, errors: dict[str, list[str]]
) -> None:
    assert form(cast, text).errors == errors


def test_the_neighbors_customer_can_not_be_chosen(cast: Cast) -> None:
    sent = form(cast, f"reach=some&customers={cast.adatum.pk}")
    assert list(sent.errors) == ["customers"]
