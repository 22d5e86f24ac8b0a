"""Whom an action would be done to, and why others are left out, as a page says it before."""

from django.db.models import Q
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.queries.bulk_preview import (
    SHOWN,
    Forecast,
    Named,
    WhyLeft,
    foresee,
    judge,
    permissions_of,
    products_barred_somewhere,
    proposals,
    seats_of,
    todo_of,
    values_of,
)
from accounts.services.users import block_users
from customers.roles import Capability, Role
from tests.accounts.verbs import crowd, delete, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast


def preview(
    cast: Cast,
    *users: User,
    actor: User | None = None,
    capability: Capability = Capability.MANAGE_USERS,
    already: Q | None = None,
) -> Forecast:
    judged = judge(
        [user.pk for user in users],
        customer=cast.contoso,
        actor=actor or cast.alice,
        capability=capability,
        but_oneself=True,
        already=already,
    )
    return foresee(judged, chosen=len(users))


def named(*users: User) -> Named:
    return Named(len(users), [(user.display_name, user.user_name) for user in users])


def test_all_of_them_where_nothing_is_in_the_way(cast: Cast) -> None:
    found = preview(cast, cast.uma, cast.gail)
    assert found == Forecast(named(cast.gail, cast.uma), named(cast.gail), {}, 0)


def test_each_is_left_out_for_the_first_reason_that_there_is(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    admin = UserFactory.create(
        customer=cast.contoso, first_name="Nia", last_name="", roles=[Role.USER_ADMIN]
    )
    delete(cast, ann)
    block_users([ben], customer=cast.contoso, actor=cast.alice)
    blocked = Q(blocked_at__isnull=False)
    found = preview(cast, ann, ben, admin, cast.gail, cast.uma, actor=admin, already=blocked)
    assert found.todo == named(cast.uma)
    assert list(found.left.items()) == [
        (WhyLeft.DELETED, named(ann)),
        (WhyLeft.ONESELF, named(admin)),
        (WhyLeft.BEYOND_REACH, named(cast.gail)),
        (WhyLeft.ALREADY, named(ben)),
    ]
    assert found.administrators == Named()


def test_who_is_gone_or_of_another_customer_is_counted_without_a_name(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    found = preview(cast, cast.uma, stranger)
    assert (found.todo.names, found.left, found.gone) == (["Uma"], {}, 1)


def test_a_page_names_the_first_and_counts_all(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = crowd(cast.contoso, SHOWN + 3)
    with django_assert_num_queries(1):
        found = preview(cast, *users)
    assert (found.todo.count, len(found.todo.names)) == (SHOWN + 3, SHOWN)
    in_order = User.objects.filter(customer=cast.contoso, first_name__startswith="Ada")
    names = in_order.order_by("sort_name", "pk").values_list("display_name", flat=True)
    assert found.todo.names == list(names[:SHOWN])


def test_nobody_chosen_is_nobody(cast: Cast) -> None:
    assert preview(cast) == Forecast(Named(), Named(), {}, 0)


def test_an_agent_with_limited_reach_does_it_to_plain_users_alone(cast: Cast) -> None:
    ids = [cast.gail.pk, cast.uma.pk]
    judged = judge(
        ids,
        customer=cast.contoso,
        actor=cast.bob,
        capability=Capability.RESET_PASSWORDS,
        but_oneself=False,
    )
    assert list(todo_of(judged)) == [cast.uma]


def test_the_seats_of_users_are_counted_by_product(cast: Cast) -> None:
    subscribe(cast, "Visio", cast.uma)
    subscribe(cast, "Teams", cast.uma, cast.gail)
    users = User.objects.filter(customer=cast.contoso)
    assert seats_of(users) == [("Teams", 2), ("Visio", 1)]
    assert seats_of(users.filter(pk=cast.gail.pk)) == [("Teams", 1)]
    assert seats_of(users.none()) == []


def test_products_that_a_country_forbids_are_named_with_the_country(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    calls = subscribe(cast, "Calls", cast.uma, cast.gail).product
    calls.blocked_countries = ["KP", "SY"]
    calls.save()
    users = User.objects.filter(customer=cast.contoso)
    assert products_barred_somewhere(users) == [("Calls", ["KP", "SY"], 2)]


def test_the_commonest_values_come_first(cast: Cast) -> None:
    departments = ["Sales", "Sales", "Sales", "IT", "IT", "Law"]
    for department in departments:
        UserFactory.create(customer=cast.northwind, department=department)
    users = User.objects.filter(customer=cast.northwind)
    assert values_of(users, "department", most=2) == [("Sales", 3), ("IT", 2)]


def test_permissions_are_counted_as_sets(cast: Cast) -> None:
    both = [Role.USER_ADMIN, Role.BILLING_ADMIN]
    UserFactory.create(customer=cast.contoso, roles=both)
    UserFactory.create(customer=cast.contoso, roles=both[::-1])
    UserFactory.create_batch(2, customer=cast.contoso)
    users = User.objects.filter(customer=cast.contoso)
    assert permissions_of(users) == [
        ((), 3),
        ((Role.BILLING_ADMIN, Role.USER_ADMIN), 2),
        ((Role.GLOBAL_ADMIN,), 1),
    ]


def test_the_values_that_users_have_are_proposed(cast: Cast) -> None:
    for department in ("Sales", "Sales", "Support", ""):
        UserFactory.create(customer=cast.contoso, department=department)
    UserFactory.create(customer=cast.northwind, department="Elsewhere")
    assert proposals(cast.contoso, "department") == ["Sales", "Support"]
