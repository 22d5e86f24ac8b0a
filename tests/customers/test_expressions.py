"""What both databases say alike."""

import pytest
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from customers.expressions import JoinedText
from customers.models import Customer, Domain
from tests.support.cast import Cast as Users


@pytest.fixture
def domains(cast: Users) -> list[Domain]:
    names = ("one.example", "two.example")
    return [Domain.objects.create(customer=cast.contoso, name=name) for name in names]


def test_a_group_has_the_texts_of_its_rows_in_one(cast: Users, domains: list[Domain]) -> None:
    pks = {domain.pk for domain in domains}
    texts = Domain.objects.filter(pk__in=pks).order_by().values("customer_id")
    [found] = texts.annotate(
        names=JoinedText("name", "|"), numbers=JoinedText(Cast("pk", TextField()), " ")
    )
    assert found["customer_id"] == cast.contoso.pk
    assert sorted(found["names"].split("|")) == ["one.example", "two.example"]
    assert {int(number) for number in found["numbers"].split(" ")} == pks


def test_a_filter_of_its_own_leaves_rows_out_and_none_is_no_text(
    cast: Users, domains: list[Domain]
) -> None:
    of_two = Customer.objects.filter(pk=cast.contoso.pk).values("pk")
    [found] = of_two.annotate(
        second=JoinedText("domains__name", ",", filter=Q(domains__name="two.example")),
        none=JoinedText("domains__name", ",", filter=Q(domains__name="three.example")),
    )
    assert (found["second"], found["none"]) == ("two.example", None)
