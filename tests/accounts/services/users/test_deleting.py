"""Deleting: rule 3 of a user's life."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services.returns import Choices
from accounts.services.users import (
    delete_users,
)
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Outcome
from customers.roles import Role
from licensing.models import LicenseAssignment
from tests.accounts.verbs import delete, fresh, outcomes, restore, subscribe
from tests.factories import (
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.log import Line, log


def test_delete_marks_frees_the_seats_and_ends_the_sessions(cast: Cast, settings: Settings) -> None:
    settings.DELETED_USER_RETENTION_DAYS = 7
    teams = subscribe(cast, "Teams", cast.uma)
    session = cast.uma.get_session_auth_hash()
    batch = delete(cast, cast.uma)
    uma = fresh(cast.uma)
    assert (uma.username, uma.domain, uma.user_name) == (None, None, "uma@contoso.example")
    assert uma.deleted_by == cast.alice
    assert uma.purge_after == uma.deleted_at + timedelta(days=7)  # type: ignore[operator]
    assert uma.changed_by_batch == batch
    assert not uma.is_active
    assert uma.get_session_auth_hash() != session
    assert uma.assignments.get().released_at == uma.deleted_at
    teams.refresh_from_db()
    cast.contoso.refresh_from_db()
    assert (teams.assigned, cast.contoso.active_users, cast.contoso.deleted_users) == (0, 1, 1)
    assert violations() == []


def test_a_later_setting_moves_no_date_already_told(cast: Cast, settings: Settings) -> None:
    delete(cast, cast.uma)
    told = fresh(cast.uma).purge_after
    settings.DELETED_USER_RETENTION_DAYS = 1
    assert fresh(cast.uma).purge_after == told


def test_delete_is_in_the_log_with_the_seats_and_the_reason(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice, reason="Left the company")
    assert log() == [Line("user.deleted", "Uma (uma@contoso.example)", {"released": ["Teams"]})]
    event = AuditEvent.objects.get()
    assert (event.reason, event.partner, event.customer) == (
        "Left the company",
        cast.fabrikam,
        cast.contoso,
    )


def test_oneself_is_left_out_of_many_and_refused_alone(cast: Cast) -> None:
    batch = delete(cast, cast.gail, cast.uma, actor=cast.gail)
    assert outcomes(batch) == sorted(
        [
            (cast.gail.pk, Outcome.SKIPPED, "You can't delete yourself."),
            (cast.uma.pk, Outcome.DONE, ""),
        ]
    )
    with pytest.raises(Refused, match=r"^You can't delete yourself\.$"):
        delete(cast, cast.gail, actor=cast.gail)
    assert fresh(cast.gail).deleted_at is None


def test_a_user_admin_deletes_users_but_no_administrators(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    said = "Gail is an administrator, whom your role can't manage."
    batch = delete(cast, cast.gail, cast.uma, actor=admin)
    assert outcomes(batch) == [
        (cast.gail.pk, Outcome.SKIPPED, said),
        (cast.uma.pk, Outcome.DONE, ""),
    ]
    with pytest.raises(Refused, match=said):
        delete(cast, cast.gail, actor=admin)


@pytest.mark.parametrize("who", ["bob", "sally", "uma"])
def test_a_user_who_may_not_manage_users_deletes_nobody(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="Your role can't do this"):
        delete(cast, cast.gail, actor=getattr(cast, who))


def test_deleted_twice_says_by_whom_it_was_done(cast: Cast) -> None:
    delete(cast, cast.uma)
    with pytest.raises(Refused, match=r"^Uma has been deleted by Alice\.$"):
        delete(cast, cast.uma, actor=cast.gail)
    batch = delete(cast, cast.uma, UserFactory.create(customer=cast.contoso))
    assert outcomes(batch)[0] == (
        cast.uma.pk,
        Outcome.FAILED,
        "Uma has been deleted by Alice.",
    )
    assert (batch.done, batch.failed, batch.total) == (1, 1, 2)
    assert violations() == []


def test_users_of_another_customer_are_not_touched(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    with pytest.raises(Refused, match="have been deleted permanently"):
        delete(cast, stranger)
    assert fresh(stranger).deleted_at is None


def test_a_user_who_was_deleted_meanwhile_deletes_nobody(cast: Cast) -> None:
    delete(cast, cast.gail)
    with pytest.raises(Refused, match="Your own account has been blocked or deleted"):
        delete(cast, cast.uma, actor=cast.gail)


def test_the_same_key_deletes_once(cast: Cast) -> None:
    first = delete(cast, cast.uma, key="form-1")
    with pytest.raises(AlreadyDone) as caught:
        delete(cast, cast.uma, key="form-1")
    assert caught.value.batch == first


def test_a_clock_that_is_behind_the_assigning_one_breaks_nothing(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    ahead = timezone.now() + timedelta(hours=1)
    LicenseAssignment.objects.update(assigned_at=ahead)
    delete(cast, cast.uma)
    assert fresh(cast.uma).deleted_at == ahead
    restore(cast, cast.uma)
    assert violations() == []


def _thirty(cast: Cast, users: Sequence[User]) -> None:
    for name in ("Teams", "Visio", "Yammer"):
        subscribe(cast, name, *users, quantity=40)


def test_as_many_queries_for_thirty_as_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(33, customer=cast.contoso)
    _thirty(cast, users)
    with CaptureQueriesContext(connection) as few:
        delete(cast, *users[:3])
    with django_assert_num_queries(len(few)):
        delete(cast, *users[3:])
    names = {users[n].pk: f"again{n}@contoso.example" for n in (2, 31, 32)}
    with CaptureQueriesContext(connection) as few:
        restore(cast, *users[:3], choices=Choices(names))
    with django_assert_num_queries(len(few)):
        restore(cast, *users[3:], choices=Choices(names))
    assert LicenseAssignment.objects.live().count() == 99
    assert violations() == []
