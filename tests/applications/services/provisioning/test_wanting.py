"""Whose accounts are wanted is written down by following the log."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import allow_users, block_users, change_user
from applications.models import Application, Provision, ProvisionState
from applications.services.applications import switch_application
from applications.services.provisioning.wanting import follow_for_provisioning, reckon
from licensing.services.subscriptions import (
    cancel_subscription,
    resume_subscription,
    suspend_subscription,
)
from tests.accounts.verbs import delete, restore
from tests.applications.conftest import Chat
from tests.factories import ApplicationFactory, ProvisioningFactory, UserFactory
from tests.support.cast import Cast


@pytest.fixture
def started(chat: Chat) -> Application:
    """Team Chat, for which uma has a license, is provisioned, and uma has an account."""
    ProvisioningFactory.create(application=chat.application)
    assert reckon(chat.application) == 1
    settle()
    return chat.application


def settle() -> None:
    """A worker has done all that was wanted."""
    follow_for_provisioning()
    Provision.objects.update(state=ProvisionState.DONE)


def wanted(application: Application) -> dict[int, tuple[bool, str]]:
    rows = Provision.objects.filter(application=application)
    return {row.user_id: (row.wanted, row.state) for row in rows}


KEEP, TAKE = (True, ProvisionState.WAITING), (False, ProvisionState.WAITING)
AS_IT_IS = (True, ProvisionState.DONE)


def _revoke(cast: Cast, chat: Chat) -> None:
    changes = {chat.pool.pk: LicenseChange(have=False)}
    change_licenses([cast.uma], changes, customer=cast.contoso, actor=cast.alice)


def _switch_off(cast: Cast, chat: Chat) -> None:
    changes = {chat.pool.pk: LicenseChange(switch_off=frozenset({"CHAT"}))}
    change_licenses([cast.uma], changes, customer=cast.contoso, actor=cast.alice)


LEAVES: dict[str, Callable[[Cast, Chat], Any]] = {
    "block": lambda c, _chat: block_users([c.uma], customer=c.contoso, actor=c.alice),
    "delete": lambda c, _chat: delete(c, c.uma),
    "license": _revoke,
    "service plan": _switch_off,
    "suspended": lambda c, chat: suspend_subscription(chat.pool, actor=c.alice),
    "canceled": lambda c, chat: cancel_subscription(chat.pool, actor=c.alice),
}
COMES_BACK: dict[str, Callable[[Cast, Chat], Any]] = {
    "block": lambda c, _chat: allow_users([c.uma], customer=c.contoso, actor=c.alice),
    "delete": lambda c, _chat: restore(c, c.uma),
    "suspended": lambda c, chat: resume_subscription(chat.pool, actor=c.alice),
}


@pytest.mark.parametrize("why", LEAVES)
def test_whoever_may_not_enter_any_more_loses_the_account(
    cast: Cast, chat: Chat, started: Application, why: str
) -> None:
    LEAVES[why](cast, chat)
    follow_for_provisioning()
    assert wanted(started) == {cast.uma.pk: TAKE}


@pytest.mark.parametrize("why", COMES_BACK)
def test_whoever_may_again_gets_it_back(
    cast: Cast, chat: Chat, started: Application, why: str
) -> None:
    LEAVES[why](cast, chat)
    settle()
    COMES_BACK[why](cast, chat)
    follow_for_provisioning()
    assert wanted(started) == {cast.uma.pk: KEEP}


def test_a_new_license_gives_an_account(cast: Cast, chat: Chat, started: Application) -> None:
    changes = {chat.pool.pk: LicenseChange(have=True)}
    change_licenses([cast.gail], changes, customer=cast.contoso, actor=cast.alice)
    follow_for_provisioning()
    assert wanted(started) == {cast.uma.pk: AS_IT_IS, cast.gail.pk: KEEP}


def test_a_changed_user_is_looked_at_again(cast: Cast, chat: Chat, started: Application) -> None:
    sales = {"department": "Sales"}
    change_user(cast.uma, customer=cast.contoso, actor=cast.alice, fields=sales)
    follow_for_provisioning()
    assert wanted(started) == {cast.uma.pk: KEEP}


def test_a_change_of_the_application_is_reckoned_for_all(
    cast: Cast, chat: Chat, started: Application
) -> None:
    switch_application(started, on=False, actor=cast.alice)
    settle()
    Application.objects.filter(pk=started.pk).update(everyone=True)
    switch_application(started, on=True, actor=cast.alice)
    follow_for_provisioning()
    assert wanted(started) == {cast.uma.pk: KEEP, cast.gail.pk: KEEP}


def test_one_that_is_switched_off_is_left_as_it_is(
    cast: Cast, chat: Chat, started: Application
) -> None:
    switch_application(started, on=False, actor=cast.alice)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_provisioning()
    assert wanted(started) == {cast.uma.pk: AS_IT_IS}


def test_what_another_partner_does_wakes_nobody(cast: Cast, started: Application) -> None:
    theirs = ApplicationFactory.create(partner=cast.litware)
    ProvisioningFactory.create(application=theirs)
    stranger = UserFactory.create(customer=cast.adatum)
    block_users([stranger], customer=cast.adatum, actor=cast.charlie)
    allow_users([stranger], customer=cast.adatum, actor=cast.charlie)
    follow_for_provisioning()
    assert wanted(started) == {cast.uma.pk: AS_IT_IS}
    assert wanted(theirs) == {stranger.pk: KEEP}


def test_each_reason_counts_up(cast: Cast, started: Application) -> None:
    """So that what was sent for an earlier one is not taken for the last."""
    before = Provision.objects.get().changed
    reckon(started)
    assert Provision.objects.get().changed == before + 1


@pytest.mark.parametrize("users", [2, 20])
def test_queries_do_not_grow_with_users(
    cast: Cast, users: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam, only=[cast.northwind])
    ProvisioningFactory.create(application=application)
    UserFactory.create_batch(users, customer=cast.northwind)
    with django_assert_num_queries(9):
        assert reckon(application) == users
