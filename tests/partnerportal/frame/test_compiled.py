"""A statement that is kept: it answers as its query does, each time anew, for what is given."""

from customers.models import Customer
from partnerportal.frame.compiled import Compiled
from tests.support.cast import Cast

NOBODYS = -5


def test_it_answers_as_its_query_does_and_what_is_there_by_then(cast: Cast) -> None:
    asked = Customer.objects.filter(name__startswith="100 %").values_list("pk", "name")
    kept = Compiled.of(asked, "default")
    assert kept.rows({}) == list(asked) == []
    Customer.objects.filter(pk=cast.northwind.pk).update(name="100 % Northwind's")
    assert kept.rows({}) == list(asked.all()) == [(cast.northwind.pk, "100 % Northwind's")]


def test_what_is_given_stands_where_its_stand_in_was(cast: Cast) -> None:
    asked = Customer.objects.filter(pk=NOBODYS).values_list("name")
    kept = Compiled.of(asked, "default")
    assert kept.rows({}) == []
    assert kept.rows({NOBODYS: cast.contoso.pk}) == [("Contoso",)]
    assert kept.rows({NOBODYS: cast.northwind.pk}) == [("Northwind",)]
