"""Users as queries find them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from customers.roles import Role
from tests.api.tokens import integration
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast


def deleted_days_ago(cast: Cast, days: int) -> User:
    at = timezone.now() - timedelta(days=days)
    return UserFactory.create(customer=cast.contoso, deleted_at=at)


def test_the_deleted_are_restorable_until_their_day_and_due_from_it_on(cast: Cast) -> None:
    young, late, over = (deleted_days_ago(cast, days) for days in (0, 29, 31))
    own = User.objects.filter(customer=cast.contoso)
    assert set(own.active()) == {cast.gail, cast.uma}
    assert set(own.restorable()) == {young, late}
    assert set(own.final_soon()) == {late}
    assert set(own.due_for_purge()) == set(own.overdue()) == {over}
    assert set(own.living_or_restorable()) == {cast.gail, cast.uma, young, late}


def test_the_blocked_are_living(cast: Cast) -> None:
    now = timezone.now()
    User.objects.filter(pk=cast.uma.pk).update(blocked_at=now)
    UserFactory.create(customer=cast.contoso, deleted=True, blocked_at=now)
    assert list(User.objects.blocked()) == [cast.uma]


def test_a_team_is_looked_after_by_account_admins_of_all_customers(cast: Cast) -> None:
    StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso])
    StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], blocked_at=timezone.now()
    )
    assert list(User.objects.team_admins().filter(partner=cast.fabrikam)) == [cast.alice]
    assert cast.bob in User.objects.staff_of(cast.fabrikam)
    assert cast.charlie not in User.objects.staff_of(cast.fabrikam)


def test_roles_are_asked_for_once_for_all(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    both = UserFactory.create(
        customer=cast.contoso, roles=[Role.USER_ADMIN, Role.LICENSE_ADMIN], last_name="Both"
    )
    with django_assert_num_queries(1):
        roles = {user: user.roles for user in User.objects.filter(customer=cast.contoso).in_list()}
    assert roles == {
        cast.gail: (Role.GLOBAL_ADMIN,),
        cast.uma: (),
        both: (Role.LICENSE_ADMIN, Role.USER_ADMIN),
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["uma"], True),
        (["um"], True),
        (["u"], True),
        (["uma", "contoso"], True),
        (["uma@con"], True),
        (["u@contoso"], False),
        (["ma@contoso.example"], True),
        (["uma", "gail"], False),
        (["%"], False),
        (["_ma"], False),
        ([], True),
    ],
)
def test_every_word_is_in_a_name_wherever_it_stands(
    cast: Cast, words: list[str], *, found: bool
) -> None:
    for common in ((), words):
        assert User.objects.matching(words, common=common).filter(pk=cast.uma.pk).exists() is found


def test_users_come_in_the_order_of_the_ids(cast: Cast) -> None:
    ids = [cast.uma.pk, 0, cast.alice.pk, cast.gail.pk]
    assert User.objects.in_order(ids) == [cast.uma, cast.alice, cast.gail]
    assert User.objects.in_order([]) == []


def test_an_integration_is_no_staff_and_looks_after_no_team(cast: Cast) -> None:
    sync = integration(cast.alice, Role.ACCOUNT_ADMIN)
    assert sync not in User.objects.staff_of(cast.fabrikam)
    assert list(User.objects.integrations_of(cast.fabrikam)) == [sync]
    assert not User.objects.integrations_of(cast.litware).exists()
    assert set(User.objects.team_admins()) == {cast.alice, cast.charlie}
