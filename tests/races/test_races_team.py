"""Account admins act on each other at the same moment: the team keeps one who can look after it."""

import random
from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import User
from accounts.services.staff import (
    StaffDetails,
    add_staff,
    block_staff,
    change_staff,
    limit_staff,
    remove_staff,
)
from customers.models import AuditEvent
from customers.roles import Role
from tests.factories import StaffFactory
from tests.support.cast import Cast, make_cast
from tests.support.threads import refusals, rounds, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.torture]


def demote(user: User, actor: User) -> None:
    change_staff(user, StaffDetails(user.user_name, roles=[Role.ADMIN_AGENT]), actor=actor)


def limit(user: User, actor: User) -> None:
    customers = list(user.partner.customers.all()) if user.partner else []
    limit_staff(user, limited=True, opened=customers, actor=actor)


def block(user: User, actor: User) -> None:
    block_staff([user], actor=actor)


def remove(user: User, actor: User) -> None:
    remove_staff([user], actor=actor)


LOSSES: list[Callable[[User, User], None]] = [demote, limit, block, remove]


@pytest.fixture
def team(transactional_db: None) -> Cast:
    return make_cast()


def admins(cast: Cast) -> int:
    found = User.objects.team_admins().filter(partner=cast.fabrikam)
    return found.count()


def test_of_two_who_take_each_other_out_one_stays(team: Cast) -> None:
    keeper = team.alice
    for _round in rounds():
        other = StaffFactory.create(partner=team.fabrikam, roles=[Role.ACCOUNT_ADMIN])
        first, second = (random.choice(LOSSES) for _loss in range(2))
        before = AuditEvent.objects.count()
        results = together(partial(first, other, keeper), partial(second, keeper, other))
        assert len(refusals(results)) == 1
        assert admins(team) == 1
        assert AuditEvent.objects.count() == before + 1
        keeper = User.objects.team_admins().get(partner=team.fabrikam)


def test_support_staff_do_not_take_out_the_last_two_together(team: Cast) -> None:
    for _round in rounds():
        pair = StaffFactory.create_batch(2, partner=team.fabrikam, roles=[Role.ACCOUNT_ADMIN])
        for user in User.objects.team_admins().exclude(pk__in=[u.pk for u in pair]):
            if user.partner_id == team.fabrikam.pk:
                remove_staff([user], actor=team.support)
        jobs = [partial(random.choice(LOSSES), user, team.support) for user in pair]
        assert len(refusals(together(*jobs))) == 1
        assert admins(team) == 1


def test_a_user_name_is_given_once(team: Cast) -> None:
    for number in rounds():
        details = StaffDetails(f"dora{number}@fabrikam.example", {"display_name": "Dora"})
        job = partial(add_staff, details, partner=team.fabrikam, actor=team.alice)
        jobs = [job] * 4
        assert len(refusals(together(*jobs))) == 3
        assert User.objects.filter(username=details.user_name).count() == 1
