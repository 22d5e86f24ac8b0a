"""A partner's team: who may change it, what stays, and that somebody can always look after it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.services.staff import (
    Issued,
    StaffDetails,
    add_staff,
    allow_staff,
    block_staff,
    change_staff,
    limit_staff,
    remove_staff,
    reset_staff_password,
)
from accounts.services.users import (
    ChangedMeanwhile,
    NamesTaken,
    block_users,
    purge_due_users,
    reset_passwords,
)
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent, BatchKind, Partner
from customers.roles import Role
from customers.services.batches import leave_batch
from tests.factories import CustomerFactory, StaffFactory
from tests.support.cast import Cast

LAST = "This is the last account admin"
Deed = Callable[[User, User], Any]


def demote(user: User, actor: User) -> None:
    change_staff(user, StaffDetails(user.user_name, roles=[Role.ADMIN_AGENT]), actor=actor)


def limit(user: User, actor: User) -> None:
    customers = user.partner.customers.all() if user.partner else []
    limit_staff(user, limited=True, opened=list(customers), actor=actor)


def block(user: User, actor: User) -> None:
    block_staff([user], actor=actor)


def remove(user: User, actor: User) -> None:
    remove_staff([user], actor=actor)


# What takes somebody out of those who can look after the team.
LOSSES: dict[str, Deed] = {"demote": demote, "limit": limit, "block": block, "remove": remove}


def events(partner: Partner) -> list[tuple[str, int | None]]:
    """What stands in the team's log, in the order of time."""
    found = AuditEvent.objects.of_team(partner.pk).order_by("pk")
    return list(found.values_list("action", "actor_id"))


def add(cast: Cast, name: str = "dora", *roles: Role, actor: User | None = None) -> Issued:
    details = StaffDetails(
        f"{name}@fabrikam.example",
        {"display_name": name.title()},
        roles=roles or [Role.ADMIN_AGENT],
    )
    return add_staff(details, partner=cast.fabrikam, actor=actor or cast.alice)


@pytest.fixture
def bobs_session(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.bob)
    return client


def test_added_staff_sign_in_once_with_what_was_told_and_choose_a_password(cast: Cast) -> None:
    issued = add(cast)
    user = User.objects.get(pk=issued.user.pk)
    assert (user.must_change_password, user.partner, user.roles) == (
        True,
        cast.fabrikam,
        (Role.ADMIN_AGENT,),
    )
    assert Client().login(username="dora@fabrikam.example", password=issued.password)
    assert issued.password not in repr(issued)
    assert events(cast.fabrikam) == [(Action.STAFF_ADDED, cast.alice.pk)]


def test_a_user_name_that_is_taken_is_refused(cast: Cast) -> None:
    with pytest.raises(NamesTaken):
        add(cast, "bob")
    details = StaffDetails("dora@contoso.example", {"display_name": "Dora"})
    with pytest.raises(Refused, match="does not belong to this partner"):
        add_staff(details, partner=cast.fabrikam, actor=cast.alice)


@pytest.mark.parametrize("who", ["bob", "sally", "gail", "uma", "charlie"])
def test_nobody_but_the_teams_account_admins_changes_it(who: str, cast: Cast) -> None:
    other = StaffFactory.create(partner=cast.fabrikam, roles=[Role.SALES_AGENT])
    actor, before = getattr(cast, who), AuditEvent.objects.count()
    deeds: list[Callable[[], Any]] = [
        lambda: add(cast, actor=actor),
        lambda: reset_staff_password(other, epoch=0, actor=actor),
        lambda: allow_staff([other], actor=actor),
        *(lambda deed=deed: deed(other, actor) for deed in LOSSES.values()),
    ]
    for deed in deeds:
        with pytest.raises(Refused):
            deed()
    assert AuditEvent.objects.count() == before
    assert User.objects.staff_of(cast.fabrikam).active().count() == 4


def test_an_account_admin_of_some_customers_does_not_change_the_team(cast: Cast) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    with pytest.raises(Refused, match="Account admin of all customers"):
        add(cast, actor=limited)


def test_whoever_was_demoted_meanwhile_is_refused_whatever_the_page_knew(cast: Cast) -> None:
    other = add(cast, "dora", Role.ACCOUNT_ADMIN).user
    stale = User.objects.get(pk=other.pk)
    assert stale.roles == (Role.ACCOUNT_ADMIN,)
    demote(other, cast.alice)
    with pytest.raises(Refused, match="Who can"):
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


def test_change_says_what_was_changed_meanwhile(cast: Cast) -> None:
    seen = {"display_name": "Bob", "roles": Role.HELPDESK_AGENT.value}
    details = StaffDetails(cast.bob.user_name, {"display_name": "Robert"})
    change_staff(cast.bob, details, actor=cast.alice, seen=seen)
    with pytest.raises(ChangedMeanwhile) as raised:
        change_staff(cast.bob, details, actor=cast.alice, seen=seen)
    assert raised.value.fields == ["display_name"]


def test_roles_of_customers_users_are_not_for_staff(cast: Cast) -> None:
    details = StaffDetails(cast.bob.user_name, roles=[Role.GLOBAL_ADMIN])
    with pytest.raises(Refused, match="other roles"):
        change_staff(cast.bob, details, actor=cast.alice)


def test_limits_are_kept_by_difference_and_never_empty(cast: Cast) -> None:
    with pytest.raises(Refused, match="at least one customer"):
        limit_staff(cast.bob, limited=True, actor=cast.alice)
    limit_staff(cast.bob, limited=True, opened=[cast.contoso], actor=cast.alice)
    changes = limit_staff(
        cast.bob, limited=True, opened=[cast.northwind], closed=[cast.contoso], actor=cast.alice
    )
    assert changes == {"customers_opened": ["Northwind"], "customers_closed": ["Contoso"]}
    with pytest.raises(Refused, match="this partner only"):
        limit_staff(cast.bob, limited=True, opened=[cast.adatum], actor=cast.alice)
    assert list(cast.bob.allowed_customers.all()) == [cast.northwind]


def test_limited_staff_do_nothing_for_the_other_customers(cast: Cast) -> None:
    admin = add(cast).user
    limit_staff(admin, limited=True, opened=[cast.northwind], actor=cast.alice)
    with pytest.raises(Refused, match="not open to you"):
        block_users([cast.uma], customer=cast.contoso, actor=admin)


def test_blocked_staff_are_out_at_once_and_come_back_with_the_same_password(
    cast: Cast, bobs_session: Client
) -> None:
    assert block_staff([cast.bob], actor=cast.alice) == 1
    assert bobs_session.get("/me/").status_code == 302
    assert block_staff([cast.bob], actor=cast.alice) == 0
    assert allow_staff([cast.bob], actor=cast.alice) == 1
    assert bobs_session.get("/me/").status_code == 302
    assert User.objects.get(pk=cast.bob.pk).is_active
    assert events(cast.fabrikam) == [
        (Action.USER_BLOCKED, cast.alice.pk),
        (Action.USER_ALLOWED, cast.alice.pk),
    ]


def test_a_second_reset_from_the_same_page_is_refused(cast: Cast) -> None:
    reset_staff_password(cast.bob, epoch=0, actor=cast.alice)
    with pytest.raises(Refused, match="a moment ago"):
        reset_staff_password(cast.bob, epoch=0, actor=cast.alice)
    assert events(cast.fabrikam) == [(Action.PASSWORD_RESET, cast.alice.pk)]


def test_removed_staff_are_out_and_the_user_name_is_free(cast: Cast, bobs_session: Client) -> None:
    assert remove_staff([cast.bob], actor=cast.alice) == 1
    assert bobs_session.get("/me/").status_code == 302
    again = add(cast, "bob").user
    assert (again.user_name, again.pk == cast.bob.pk) == (cast.bob.user_name, False)
    with pytest.raises(Refused, match="was deleted meanwhile by Alice"):
        reset_staff_password(cast.bob, epoch=0, actor=cast.alice)
    assert violations() == []


def test_what_removed_staff_had_left_open_is_the_account_admins(cast: Cast) -> None:
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.bob).sheet
    leave_batch(BatchKind.BLOCK, [cast.uma.pk], actor=cast.bob, customer=cast.contoso)
    remove_staff([cast.bob], actor=cast.alice)
    admin = User.objects.get(pk=cast.alice.pk)
    readable = CredentialSheet.objects.open().readable_by(admin)
    assert [found.pk for found in readable] == [sheet.pk]


def test_the_purge_takes_removed_staff_and_the_log_keeps_their_names(cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=add(cast, "dora").user)
    dora = User.objects.get(username="dora@fabrikam.example")
    remove_staff([dora], actor=cast.alice)
    User.objects.filter(pk=dora.pk).update(
        deleted_at=timezone.now() - timedelta(days=31), purge_after=timezone.now()
    )
    assert purge_due_users().removed == 1
    assert not User.objects.filter(pk=dora.pk).exists()
    assert User.objects.get(pk=cast.uma.pk).blocked_by is None
    names = AuditEvent.objects.filter(actor_id=dora.pk).values_list("names__actor", flat=True)
    assert list(names) == ["Dora (dora@fabrikam.example)"]
    last = AuditEvent.objects.get(action=Action.USER_REMOVED)
    assert (last.partner_id, last.customer_id, last.actor_id) == (cast.fabrikam.pk, None, None)


def test_customers_added_by_limited_staff_are_open_to_them(cast: Cast) -> None:
    other = CustomerFactory.create(partner=cast.fabrikam)
    limit_staff(cast.bob, limited=True, opened=[other, cast.contoso], actor=cast.alice)
    limit_staff(cast.bob, limited=False, actor=cast.alice)
    assert User.objects.get(pk=cast.bob.pk).limited_to_customers is False
    assert cast.bob.allowed_customers.count() == 2
