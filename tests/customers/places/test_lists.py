"""A user's own customers, as far as they may still see them."""

from datetime import timedelta

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer
from customers.places.lists import (
    count_and_favorites,
    favorite_ids,
    favorites_and_opened,
    favorites_first,
    favorites_of,
    recent_customers,
    users_at_ends,
    with_users_by_month,
)
from customers.roles import Role
from customers.services.places import note_visit, set_favorite
from tests.factories import StaffFactory, UserMonthFactory
from tests.support.cast import Cast


def test_favorites_are_ones_own(cast: Cast) -> None:
    set_favorite(cast.northwind, on=True, actor=cast.alice)
    set_favorite(cast.contoso, on=True, actor=cast.bob)
    assert favorite_ids(cast.alice) == {cast.northwind.pk}
    assert list(favorites_of(cast.alice)) == [cast.northwind]


def test_customers_are_counted_with_the_favorites_among_them(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visible = Customer.objects.visible_to(cast.alice)
    assert count_and_favorites(visible, cast.alice) == (2, set())
    for customer in (cast.contoso, cast.northwind):
        set_favorite(customer, on=True, actor=cast.alice)
    both = {cast.contoso.pk, cast.northwind.pk}
    with django_assert_num_queries(1):
        assert count_and_favorites(visible, cast.alice) == (2, both)
    assert count_and_favorites(visible, cast.bob) == (2, set())
    assert count_and_favorites(visible.filter(name="Contoso"), cast.alice) == (1, {cast.contoso.pk})
    assert count_and_favorites(visible.none(), cast.alice) == (0, set())


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


def test_the_users_of_a_year_come_with_the_customers(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    this = timezone.localdate().replace(day=1)
    year_ago = this.replace(year=this.year - 1)
    before = (year_ago - timedelta(days=1)).replace(day=1)
    too_early = (before - timedelta(days=1)).replace(day=1)
    # Written down in no order.
    for month, users in ((this, 4), (too_early, 9), (year_ago, 5), (before, 3)):
        UserMonthFactory.create(customer=cast.contoso, month=month, users=users)
    with django_assert_num_queries(1):
        rows = with_users_by_month(Customer.objects.visible_to(cast.alice)).order_by("name")
        found = {row.name: users_at_ends(row) for row in rows}
    assert found == {"Contoso": [3, 5, 4], "Northwind": []}
