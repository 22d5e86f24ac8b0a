"""What customers are found by follows their name and their domains, whoever writes these."""

from importlib import import_module

import pytest
from django.apps import apps

from customers.models import Customer
from customers.services.customers import add_customer, change_customer
from customers.services.domains import add_domain, make_primary, remove_domain
from customers.services.searching import renew_search_text, renew_search_texts
from tests.factories import CustomerFactory, DomainFactory
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return list(Customer.objects.matching(text).order_by("name").values_list("name", flat=True))


def test_a_new_customer_is_found_by_its_name_and_its_domain(cast: Cast) -> None:
    add_customer(actor=cast.alice, name="Łódź–Öl", primary_domain="lodz-oel.example", country="PL")
    for text in ("łódź", "lodzol", "LodzOel", "lodz-oel.example", "oel.exam"):
        assert found(text) == ["Łódź–Öl"], text


def test_a_new_name_is_found_and_the_one_before_is_not(cast: Cast) -> None:
    change_customer(cast.contoso, actor=cast.alice, name="Đặng Ltd")
    assert found("dang") == found("contoso.example") == ["Đặng Ltd"]
    assert found("contoso ltd") == ["Đặng Ltd"]
    remaining = Customer.objects.get(pk=cast.contoso.pk)
    assert remaining.search_text == "dang ltd\ncontoso.example"


def test_a_change_of_something_else_leaves_it_alone(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(search_text="as before")
    change_customer(cast.contoso, actor=cast.alice, country="SE")
    assert Customer.objects.get(pk=cast.contoso.pk).search_text == "as before"


def test_a_domain_is_found_as_long_as_it_is_there(cast: Cast) -> None:
    domain = add_domain(cast.contoso, "north-shore.example", actor=cast.alice)
    assert found("north-shore") == found("northshore.example") == ["Contoso"]
    make_primary(domain, actor=cast.alice)
    make_primary(cast.contoso.domains.get(name="contoso.example"), actor=cast.alice)
    remove_domain(domain, actor=cast.alice)
    assert found("northshore") == []
    assert found("contoso.example") == ["Contoso"]


def test_a_text_that_was_read_before_another_got_a_domain_is_made_of_both(cast: Cast) -> None:
    old = Customer.objects.get(pk=cast.contoso.pk)
    DomainFactory.create(customer=cast.contoso, name="second.example")
    Customer.objects.filter(pk=old.pk).update(name="Renamed")
    renew_search_text(old)
    assert old.search_text == "renamed\ncontoso.example\nsecond.example"
    assert Customer.objects.get(pk=old.pk).search_text == old.search_text


def test_what_the_version_before_wrote_is_put_right(cast: Cast) -> None:
    other = CustomerFactory.create(partner=cast.fabrikam, name="Öst", domain="ost.example")
    Customer.objects.filter(pk=other.pk).update(search_text="")
    cast.contoso.domains.filter(name="contoso.example").update(name="contosa.example")
    assert renew_search_texts() == 2
    assert found("oest") == ["Öst"]
    assert found("contosa.ex") == ["Contoso"]
    assert renew_search_texts() == 0


def test_the_migration_fills_in_those_that_are_there(cast: Cast) -> None:
    migration = import_module("customers.migrations.0024_search_index")
    before = dict(Customer.objects.values_list("pk", "search_text"))
    Customer.objects.update(search_text="")
    migration.fill(apps, None)
    assert dict(Customer.objects.values_list("pk", "search_text")) == before
    assert found("contoso example") == ["Contoso"]
