"""Removing staff: what goes, and what stays for the team."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import CredentialSheet, Selection, User
from accounts.services.staff import (
    remove_staff,
    reset_staff_password,
)
from accounts.services.users import (
    block_users,
    purge_due_users,
    reset_passwords,
)
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent, BatchKind
from customers.services.batches import leave_batch
from tests.accounts.team import add
from tests.accounts.verbs import fresh
from tests.factories import SupportFactory
from tests.support.cast import Cast


def test_removed_staff_are_out_and_the_user_name_is_free(cast: Cast, bobs_session: Client) -> None:
    assert remove_staff([cast.bob], actor=cast.alice) == 1
    assert bobs_session.get("/me/account/").status_code == 302
    again = add(cast, "bob").user
    assert (again.user_name, again.pk == cast.bob.pk) == (cast.bob.user_name, False)
    with pytest.raises(Refused, match="has been deleted by Alice"):
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


def test_the_row_stays_for_its_time_without_a_name_to_sign_in_with(cast: Cast) -> None:
    remove_staff([cast.bob], actor=cast.alice)
    bob = fresh(cast.bob)
    assert (bob.username, bob.domain, bob.deleted_by) == (None, None, cast.alice)
    assert bob.user_name == "bob@fabrikam.example"
    assert bob.deleted_at is not None
    assert bob.purge_after == bob.deleted_at + timedelta(days=settings.DELETED_USER_RETENTION_DAYS)


def test_selections_go_at_once(cast: Cast) -> None:
    for owner in (cast.bob, cast.alice):
        Selection.objects.create(token=owner.user_name[:3], owner=owner, customer=cast.contoso)
    remove_staff([cast.bob], actor=cast.alice)
    assert [selection.owner for selection in Selection.objects.all()] == [cast.alice]


def test_removed_twice_is_removed_once(cast: Cast) -> None:
    assert remove_staff([cast.bob], actor=cast.alice) == 1
    assert remove_staff([cast.bob, cast.sally], actor=cast.alice) == 1
    assert AuditEvent.objects.filter(action=Action.STAFF_REMOVED).count() == 2


def test_support_staff_are_not_removed(cast: Cast) -> None:
    other = SupportFactory.create()
    with pytest.raises(Refused) as caught:
        remove_staff([other], actor=cast.support)
    assert caught.value.code == "support-staff-stay"
    assert fresh(other).deleted_at is None


def test_nobody_removes_themself(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        remove_staff([cast.alice, cast.bob], actor=cast.alice)
    assert caught.value.code == "not-yourself"
    assert fresh(cast.bob).deleted_at is None
