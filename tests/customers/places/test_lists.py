"""A user's own customers, as far as they may still see them."""

from customers.models import Customer
from customers.places.lists import (
    favorite_ids,
    favorites_and_opened,
    favorites_first,
    favorites_of,
    recent_customers,
)
from customers.roles import Role
from customers.services.places import note_visit, set_favorite
from tests.factories import StaffFactory
from tests.support.cast import Cast


def test_favorites_are_ones_own(cast: Cast) -> None:
    set_favorite(cast.northwind, on=True, actor=cast.alice)
    set_favorite(cast.contoso, on=True, actor=cast.bob)
    assert favorite_ids(cast.alice) == {cast.northwind.pk}
    assert list(favorites_of(cast.alice)) == [cast.northwind]


def test_favorites_and_the_users_opened_last_are_one_message(cast: Cast) -> None:
    set_favorite(cast.northwind, on=True, actor=cast.alice)
    for user in (cast.uma, cast.gail):
        note_visit(cast.contoso.pk, user.pk, actor=cast.alice)
    note_visit(cast.northwind.pk, None, actor=cast.alice)
    opened = [cast.gail.pk, cast.uma.pk]
    assert favorites_and_opened(cast.alice) == ({cast.northwind.pk}, opened)
    assert favorites_and_opened(cast.bob) == (set(), [])


def test_favorites_stand_before_all_others(cast: Cast) -> None:
    rows = Customer.objects.visible_to(cast.alice)
    assert favorites_first(set()) == []
    ordered = rows.order_by(*favorites_first({cast.northwind.pk}), "name")
    assert list(ordered) == [cast.northwind, cast.contoso]


def test_what_one_may_no_longer_see_is_in_neither(cast: Cast) -> None:
    own = {"partner": cast.fabrikam, "roles": [Role.HELPDESK_AGENT], "only": [cast.contoso]}
    limited = StaffFactory.create(**own)
    for customer in (cast.contoso, cast.northwind):
        note_visit(customer.pk, None, actor=limited)
    set_favorite(cast.contoso, on=True, actor=limited)
    assert recent_customers(limited) == [cast.contoso]
    limited.allowed_customers.clear()
    assert (recent_customers(limited), list(favorites_of(limited))) == ([], [])
