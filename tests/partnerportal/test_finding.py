"""Pages that words lead to."""

import pytest
from django.urls import resolve

from customers.models import Customer
from customers.services.places import note_visit
from partnerportal.finding import OF_CUSTOMERS, OF_PORTAL, PageEntry, find_pages
from tests.support.cast import Cast


def pages(cast: Cast, text: str, size: int = 9) -> list[PageEntry]:
    customers = Customer.objects.visible_to(cast.alice)
    return find_pages(text, cast.alice, customers, size)


def test_words_that_are_no_pages_are_the_customers(cast: Cast) -> None:
    found = pages(cast, "contoso upl")
    assert [(str(page.label), page.customer) for page in found] == [
        ("Upload users", cast.contoso),
        ("Uploads", cast.contoso),
    ]
    assert resolve(found[0].url).view_name == "uploads:upload-add"


def test_the_more_words_a_page_has_the_better(cast: Cast) -> None:
    assert [str(page.label) for page in pages(cast, "add user contoso")] == ["Add user"]


def test_without_other_words_they_are_of_the_customers_opened_last(cast: Cast) -> None:
    assert pages(cast, "upload users") == []
    note_visit(cast.northwind.pk, None, actor=cast.alice)
    assert [page.customer for page in pages(cast, "upload users")] == [cast.northwind]


def test_a_page_of_the_portal_needs_all_of_the_words(cast: Cast) -> None:
    assert [str(page.label) for page in pages(cast, "catal")] == ["Catalog"]
    assert pages(cast, "catalog contoso") == []


def test_no_more_than_are_asked_for(cast: Cast) -> None:
    assert len(pages(cast, "user contoso", size=2)) == 2


@pytest.mark.parametrize("text", ["", "a", "🙂", "nothing at all"])
def test_other_words_lead_nowhere(cast: Cast, text: str) -> None:
    assert pages(cast, text) == []


def test_each_page_is_found_by_its_own_label(cast: Cast) -> None:
    for label, *_rest in OF_PORTAL:
        assert str(label) in {str(page.label) for page in pages(cast, str(label), 20)}
    for own, *_more in OF_CUSTOMERS:
        assert str(own) in {str(page.label) for page in pages(cast, f"{own} contoso", 20)}
