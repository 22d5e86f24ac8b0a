"""`among` finds what `in` finds, with one parameter for any number of values."""

import json
from typing import Any

import pytest
from django.db import DataError, connection
from django.db.models import QuerySet

from accounts.models import User
from customers.lookups import array_of, array_of_texts, listed
from customers.models import Customer, Domain
from tests.support.cast import Cast

ODD_TEXTS = ["", "a", "a,b", "{}", "NULL", "null", '"quoted"', "back\\slash", " spaced ", "Zoë 王"]


def parameters(rows: "QuerySet[Any]") -> list[Any]:
    _sql, found = rows.query.sql_with_params()
    return list(found)


@pytest.mark.parametrize(
    "numbers, text",
    [([], "{}"), ([7], "{7}"), ([1, 2, 3], "{1,2,3}"), ([1, None, 3], "{1,NULL,3}")],
)
def test_numbers_are_one_literal(numbers: list[int | None], text: str) -> None:
    assert array_of(numbers) == text
    assert array_of(iter(numbers)) == text


@pytest.mark.parametrize(
    "texts, text",
    [
        ([], "{}"),
        ([""], '{""}'),
        (["a", "b"], '{"a","b"}'),
        (['say "hi"'], '{"say \\"hi\\""}'),
        (["back\\slash"], '{"back\\\\slash"}'),
    ],
)
def test_texts_are_one_literal(texts: list[str], text: str) -> None:
    assert array_of_texts(texts) == text


@pytest.mark.parametrize("texts", [["a\0b"], ["\0"], ["a", "\0", "b"]])
def test_a_text_that_no_column_holds_is_an_error_and_never_two_texts(texts: list[str]) -> None:
    with pytest.raises(DataError, match="cannot contain the character NUL"):
        array_of_texts(texts)


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_reads_every_text_back_as_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array_of_texts(ODD_TEXTS)])
        assert cursor.fetchone() == (ODD_TEXTS,)
        cursor.execute("SELECT %s::bigint[]", [array_of([1, None, -(2**63)])])
        assert cursor.fetchone() == ([1, None, -(2**63)],)


def test_the_parameter_is_what_the_database_reads() -> None:
    expected = "{3,1}" if connection.vendor == "postgresql" else json.dumps([3, 1])
    assert listed([3, 1]) == expected
    assert listed(iter([3, 1])) == expected


def test_rows_are_found_by_their_ids_whatever_their_number(cast: Cast) -> None:
    wanted = [cast.contoso.pk, cast.adatum.pk]
    found = Customer.objects.filter(pk__among=wanted)
    assert set(found) == {cast.contoso, cast.adatum}
    assert len(parameters(found)) == len(parameters(Customer.objects.filter(pk__among=range(999))))
    assert not Customer.objects.filter(pk__among=[]).exists()
    assert Customer.objects.filter(pk__among=[*wanted, *wanted, 0]).count() == 2
    assert list(Customer.objects.exclude(pk__among=wanted)) == [cast.northwind]


def test_a_number_that_came_as_text_is_one(cast: Cast) -> None:
    assert Customer.objects.get(pk__among=[str(cast.contoso.pk)]) == cast.contoso
    with pytest.raises(ValueError, match="invalid literal"):
        Customer.objects.filter(pk__among=["1 OR 1=1"]).exists()


def test_rows_are_found_by_what_they_refer_to(cast: Cast) -> None:
    found = Domain.objects.filter(customer__among=[cast.contoso.pk, cast.northwind.pk])
    assert {domain.name for domain in found} == {"contoso.example", "northwind.example"}


def test_rows_are_found_by_texts(cast: Cast) -> None:
    names = ["gail@contoso.example", "alice@fabrikam.example", "nobody@contoso.example"]
    found = User.objects.filter(username__among_texts=names)
    assert set(found) == {cast.gail, cast.alice}
    assert not User.objects.filter(username__among_texts=[]).exists()
    assert not User.objects.filter(username__among_texts=["gail@contoso.example,x"]).exists()


def test_a_text_with_nul_in_it_is_no_error_and_no_row(cast: Cast) -> None:
    names = ["uma@contoso.example", "uma@contoso.example\0", "\0"]
    assert list(User.objects.filter(username__among_texts=names)) == [cast.uma]


def test_no_text_reaches_the_statement(cast: Cast) -> None:
    names = ["x') OR 1=1 --", 'x"} OR "', "x\\"]
    assert not User.objects.filter(username__among_texts=names).exists()
