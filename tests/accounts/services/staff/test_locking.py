"""Who may change a team, and that someone can always look after it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services.staff import (
    StaffDetails,
    allow_staff,
    block_staff,
    change_staff,
    limit_staff,
    remove_staff,
    reset_staff_password,
)
from accounts.services.staff.locking import check_may, take_one, take_staff
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.accounts.team import add
from tests.factories import StaffFactory, SupportFactory
from tests.support.cast import Cast

LAST = "This is the last account admin"


Action = Callable[[User, User], Any]


def demote(user: User, actor: User) -> None:
    change_staff(user, StaffDetails(user.user_name, roles=[Role.ADMIN_AGENT]), actor=actor)


def limit(user: User, actor: User) -> None:
    customers = user.partner.customers.all() if user.partner else []
    limit_staff(user, limited=True, opened=list(customers), actor=actor)


def block(user: User, actor: User) -> None:
    block_staff([user], actor=actor)


def remove(user: User, actor: User) -> None:
    remove_staff([user], actor=actor)


# What takes someone out of those who can look after the team.
LOSSES: dict[str, Action] = {"demote": demote, "limit": limit, "block": block, "remove": remove}


@pytest.mark.parametrize("who", ["bob", "sally", "gail", "uma", "charlie"])
def test_nobody_but_the_teams_account_admins_changes_it(who: str, cast: Cast) -> None:
    other = StaffFactory.create(partner=cast.fabrikam, roles=[Role.SALES_AGENT])
    actor, before = getattr(cast, who), AuditEvent.objects.count()
    actions: list[Callable[[], Any]] = [
        lambda: add(cast, actor=actor),
        lambda: reset_staff_password(other, epoch=0, actor=actor),
        lambda: allow_staff([other], actor=actor),
        *(lambda action=action: action(other, actor) for action in LOSSES.values()),
    ]
    for action in actions:
        with pytest.raises(Refused):
            action()
    assert AuditEvent.objects.count() == before
    assert User.objects.staff_of(cast.fabrikam).active().count() == 4


def test_an_account_admin_of_some_customers_does_not_change_the_team(cast: Cast) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    with pytest.raises(Refused, match="Account admin of all customers"):
        add(cast, actor=limited)


def test_a_user_who_was_demoted_meanwhile_is_refused_whatever_the_page_knew(cast: Cast) -> None:
    other = add(cast, "dora", Role.ACCOUNT_ADMIN).user
    stale = User.objects.get(pk=other.pk)
    assert stale.roles == (Role.ACCOUNT_ADMIN,)
    demote(other, cast.alice)
    with pytest.raises(Refused, match="Ask one of these roles"):
        block(cast.bob, stale)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_last_account_admin_stays(loss: str, cast: Cast) -> None:
    helpers = {
        "blocked": StaffFactory.create(
            partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], blocked_at=timezone.now()
        ),
        "limited": StaffFactory.create(
            partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
        ),
    }
    assert len(helpers) == 2
    with pytest.raises(Refused, match=LAST):
        LOSSES[loss](cast.alice, cast.support)
    add(cast, "dora", Role.ACCOUNT_ADMIN)
    LOSSES[loss](cast.alice, cast.support)
    assert not User.objects.team_admins().filter(pk=cast.alice.pk).exists()


@pytest.mark.parametrize("loss", LOSSES)
def test_nobody_does_it_to_themself(loss: str, cast: Cast) -> None:
    add(cast, "dora", Role.ACCOUNT_ADMIN)
    with pytest.raises(Refused, match=r"yourself|your own"):
        LOSSES[loss](cast.alice, cast.alice)


def test_a_team_is_taken_in_the_order_of_ids_with_the_actor_as_they_are_now(cast: Cast) -> None:
    remove_staff([cast.sally], actor=cast.alice)
    team = take_staff([cast.sally, cast.bob, cast.uma], actor=cast.alice)
    assert team.rows == [cast.bob, cast.sally]
    assert team.living == [cast.bob]
    assert team.actor == cast.alice


def test_one_who_is_gone_is_told_by_name(cast: Cast) -> None:
    assert take_one(cast.bob, actor=cast.alice) == (cast.bob, cast.alice)
    with pytest.raises(Refused, match="Nobody has been removed") as caught:
        take_one(User(pk=0, display_name="Nobody"), actor=cast.alice)
    assert caught.value.code == "user-gone"
    remove_staff([cast.bob], actor=cast.alice)
    with pytest.raises(Refused) as caught:
        take_one(cast.bob, actor=cast.alice)
    assert caught.value.code == "user-deleted"


@pytest.mark.parametrize(
    ("who", "partner", "code"),
    [
        ("alice", "fabrikam", ""),
        ("support", "fabrikam", ""),
        ("support", None, ""),
        ("alice", "litware", "team-not-yours"),
        ("alice", None, "superusers-only"),
        ("bob", "fabrikam", "role-lacks-it"),
    ],
)
def test_who_may_change_which_team(cast: Cast, who: str, partner: str | None, code: str) -> None:
    actor, team = getattr(cast, who), [getattr(cast, partner).pk if partner else None]
    if not code:
        assert check_may(team, actor=actor) == actor
        return
    with pytest.raises(Refused) as caught:
        check_may(team, actor=actor)
    assert caught.value.code == code


def test_support_staff_who_are_no_superusers_change_partners_teams_alone(cast: Cast) -> None:
    helper = SupportFactory.create(is_superuser=False)
    assert check_may([cast.fabrikam.pk, cast.litware.pk], actor=helper) == helper
    with pytest.raises(Refused) as caught:
        check_may([cast.fabrikam.pk, None], actor=helper)
    assert caught.value.code == "superusers-only"
