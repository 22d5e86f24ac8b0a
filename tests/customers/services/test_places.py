"""Stars, and what was opened: each user's own, bounded, and noted once."""

import pytest

from customers.errors import Refused
from customers.models import Customer
from customers.places import rows
from customers.places.rows import Favorite, Visit
from customers.services import places
from customers.services.places import note_visit, set_favorite
from tests.factories import CustomerFactory, UserFactory
from tests.support.cast import Cast


def test_a_star_is_set_and_taken_off_and_twice_is_as_once(cast: Cast) -> None:
    for on, number in ((True, 1), (True, 1), (False, 0), (False, 0)):
        set_favorite(cast.contoso, on=on, actor=cast.alice)
        assert Favorite.objects.filter(owner=cast.alice).count() == number


def test_a_customer_that_is_not_open_gets_no_star(cast: Cast) -> None:
    with pytest.raises(Refused, match="not open to you"):
        set_favorite(cast.adatum, on=True, actor=cast.alice)
    assert not Favorite.objects.exists()


def test_stars_are_few(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_FAVORITES", 1)
    set_favorite(cast.contoso, on=True, actor=cast.alice)
    with pytest.raises(Refused, match="up to 1 favorites"):
        set_favorite(cast.northwind, on=True, actor=cast.alice)
    set_favorite(cast.contoso, on=True, actor=cast.alice)
    assert Favorite.objects.get().customer == cast.contoso


def test_a_visit_of_a_user_is_one_of_the_customer_too(cast: Cast) -> None:
    note_visit(cast.contoso.pk, cast.uma.pk, actor=cast.alice)
    note_visit(cast.contoso.pk, cast.uma.pk, actor=cast.alice)
    assert Visit.objects.count() == 2
    assert Visit.objects.newest_users(cast.alice) == [cast.uma.pk]
    assert Visit.objects.newest_customers(cast.alice) == [cast.contoso.pk]


def test_the_last_place_is_the_first_again(cast: Cast) -> None:
    for customer in (cast.contoso, cast.northwind, cast.contoso):
        note_visit(customer.pk, None, actor=cast.alice)
    assert Visit.objects.newest_customers(cast.alice) == [cast.contoso.pk, cast.northwind.pk]


def test_the_oldest_are_forgotten_and_of_others_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_visit(cast.contoso.pk, cast.gail.pk, actor=cast.bob)
    for module in (places, rows):
        monkeypatch.setattr(module, "REMEMBERED", 2)
    customers: list[Customer] = CustomerFactory.create_batch(3, partner=cast.fabrikam)
    for customer in customers:
        user = UserFactory.create(customer=customer)
        note_visit(customer.pk, user.pk, actor=cast.alice)
    assert Visit.objects.newest_customers(cast.alice) == [customers[2].pk, customers[1].pk]
    assert Visit.objects.filter(owner=cast.alice).count() == 4
    assert Visit.objects.filter(owner=cast.bob).count() == 2


def test_a_user_who_is_removed_is_no_longer_remembered(cast: Cast) -> None:
    note_visit(cast.contoso.pk, cast.uma.pk, actor=cast.alice)
    cast.uma.delete()
    assert Visit.objects.newest_users(cast.alice) == []
