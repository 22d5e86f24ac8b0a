"""Selections and filters by name: to whom they are open, for how long, and how many are in one."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import SavedFilter, Selection, User
from accounts.models.selections import SELECTION_LIFE
from customers.models import Customer
from tests.support.cast import Cast


def save(owner: User, name: str, customer: Customer | None = None, **fields: Any) -> SavedFilter:
    return SavedFilter.objects.create(owner=owner, name=name, customer=customer, **fields)


def open_to(user: User, customer: Customer) -> list[str]:
    found = SavedFilter.objects.open_to(user, customer).order_by("name")
    return [str(saved) for saved in found]


def test_the_own_filters_and_the_shared_ones_of_the_team_are_open(cast: Cast) -> None:
    save(cast.bob, "Bob's here", cast.contoso)
    save(cast.bob, "Bob's there", cast.northwind)
    save(cast.bob, "Bob's everywhere")
    save(cast.alice, "Alice's", cast.contoso)
    save(cast.alice, "Alice's for all", is_shared=True)
    save(cast.charlie, "Charlie's", is_shared=True)
    save(cast.gail, "Gail's", cast.contoso, is_shared=True)
    assert open_to(cast.bob, cast.contoso) == ["Alice's for all", "Bob's everywhere", "Bob's here"]
    assert open_to(cast.bob, cast.northwind) == [
        "Alice's for all",
        "Bob's everywhere",
        "Bob's there",
    ]


def test_the_team_of_a_customers_administrator_is_the_customers(cast: Cast) -> None:
    save(cast.gail, "Gail's", cast.contoso, is_shared=True)
    save(cast.gail, "Gail's own", cast.contoso)
    save(cast.alice, "Alice's", cast.contoso, is_shared=True)
    assert open_to(cast.uma, cast.contoso) == ["Gail's"]
    assert open_to(cast.gail, cast.contoso) == ["Gail's", "Gail's own"]


@pytest.mark.parametrize("general", [True, False])
def test_the_database_takes_a_name_once_whatever_its_case(cast: Cast, *, general: bool) -> None:
    where = None if general else cast.contoso
    save(cast.bob, "Blocked", where)
    with pytest.raises(IntegrityError), transaction.atomic():
        save(cast.bob, "BLOCKED", where)
    save(cast.alice, "Blocked", where)
    save(cast.bob, "Blocked", cast.northwind)


def make(owner: User, customer: Customer, token: str, **fields: Any) -> Selection:
    return Selection.objects.create(owner=owner, customer=customer, token=token, **fields)


def test_a_selection_is_its_makers_at_one_customer(cast: Cast) -> None:
    own = make(cast.alice, cast.contoso, "one")
    make(cast.alice, cast.northwind, "two")
    make(cast.bob, cast.contoso, "three")
    assert list(Selection.objects.of(cast.alice, cast.contoso)) == [own]
    assert str(own) == str(own.pk)


def test_a_selection_is_over_after_a_day(cast: Cast) -> None:
    young, old = (make(cast.alice, cast.contoso, token) for token in ("young", "old"))
    made = timezone.now() - SELECTION_LIFE
    Selection.objects.filter(pk=old.pk).update(created_at=made)
    Selection.objects.filter(pk=young.pk).update(created_at=made + timedelta(minutes=1))
    assert list(Selection.objects.of(cast.alice, cast.contoso)) == [young]
    assert list(Selection.objects.expired()) == [old]


@pytest.mark.parametrize("token", ["", "a b", "\x00", "ö", "x" * 44, "one\n"])
def test_what_can_be_no_token_names_nothing(cast: Cast, token: str) -> None:
    make(cast.alice, cast.contoso, "one")
    assert not Selection.objects.named(token).exists()


def test_a_token_names_its_selection(cast: Cast) -> None:
    selection = make(cast.alice, cast.contoso, "x" * 43)
    assert list(Selection.objects.named("x" * 43)) == [selection]


@pytest.mark.parametrize(
    ("fields", "found", "size"),
    [
        ({"ids": [1, 2]}, 50, 2),
        ({"by_filter": True}, 50, 50),
        ({"by_filter": True, "ids": [1], "extra": [7, 8]}, 50, 51),
        # Those taken out may be more than the filter lets through by now.
        ({"by_filter": True, "ids": [1, 2, 3], "extra": [7]}, 2, 1),
        ({"by_filter": True, "ids": [1]}, None, None),
    ],
)
def test_how_many_are_in_it(fields: dict[str, Any], found: int | None, size: int | None) -> None:
    assert Selection(**fields).size(found=found) == size
