"""Blocking staff, and allowing them again."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.staff import (
    allow_staff,
    block_staff,
    remove_staff,
)
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from tests.accounts.team import events
from tests.support.cast import Cast


def test_blocked_staff_are_out_at_once_and_come_back_with_the_same_password(
    cast: Cast, bobs_session: Client
) -> None:
    assert block_staff([cast.bob], actor=cast.alice) == 1
    assert bobs_session.get("/me/account/").status_code == 302
    assert block_staff([cast.bob], actor=cast.alice) == 0
    assert allow_staff([cast.bob], actor=cast.alice) == 1
    assert bobs_session.get("/me/account/").status_code == 302
    assert User.objects.get(pk=cast.bob.pk).is_active
    assert events(cast.fabrikam) == [
        (Action.USER_BLOCKED, cast.alice.pk),
        (Action.USER_ALLOWED, cast.alice.pk),
    ]


def test_a_user_who_is_removed_already_is_left_alone(cast: Cast) -> None:
    remove_staff([cast.bob], actor=cast.alice)
    assert block_staff([cast.bob, cast.sally], actor=cast.alice) == 1
    assert allow_staff([cast.bob], actor=cast.alice) == 0
    assert User.objects.get(pk=cast.bob.pk).blocked_at is None


def test_the_log_has_the_reason_for_each(cast: Cast) -> None:
    block_staff([cast.bob, cast.sally], actor=cast.alice, reason="Ticket 7")
    found = AuditEvent.objects.filter(action=Action.USER_BLOCKED).order_by("target_id")
    assert list(found.values_list("target_id", "reason")) == [
        (cast.bob.pk, "Ticket 7"),
        (cast.sally.pk, "Ticket 7"),
    ]


def test_nobody_is_blocked_where_oneself_is_among_them(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        block_staff([cast.bob, cast.alice], actor=cast.alice)
    assert caught.value.code == "not-yourself"
    assert User.objects.get(pk=cast.bob.pk).is_active


def test_support_blocks_the_staff_of_any_partner(cast: Cast) -> None:
    assert block_staff([cast.bob], actor=cast.support) == 1
    assert User.objects.get(pk=cast.bob.pk).blocked_by == cast.support
