"""The export of a user's data: who may have it, and that the log says so."""

import json

import pytest

from accounts.models import User
from accounts.services.personal import export_user
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.factories import UserFactory
from tests.support.cast import Cast


def export(user: User, actor: User) -> str:
    return "".join(export_user(user, actor=actor))


def test_users_may_have_their_own_and_the_log_says_so(cast: Cast) -> None:
    for user in (cast.uma, cast.bob, cast.support):
        assert user.user_name in export(user, user)
    events = AuditEvent.objects.filter(action=Action.USER_EXPORTED).order_by("pk")
    found = [(event.actor_id, event.target_id) for event in events]
    assert found == [(user.pk, user.pk) for user in (cast.uma, cast.bob, cast.support)]


def test_the_event_is_in_the_log_of_the_users_customer_or_partner(cast: Cast) -> None:
    export(cast.uma, cast.alice)
    export(cast.bob, cast.bob)
    events = AuditEvent.objects.filter(action=Action.USER_EXPORTED).order_by("pk")
    assert list(events.values_list("customer", "partner")) == [
        (cast.contoso.pk, cast.fabrikam.pk),
        (None, cast.fabrikam.pk),
    ]


@pytest.mark.parametrize("who", ["alice", "gail", "support"])
def test_a_user_who_manages_a_user_may_have_the_data(who: str, cast: Cast) -> None:
    assert json.loads(export(cast.uma, getattr(cast, who)))


@pytest.mark.parametrize("who", ["bob", "sally", "charlie", "uma"])
def test_a_user_who_does_not_manage_a_user_is_refused(who: str, cast: Cast) -> None:
    with pytest.raises(Refused):
        export(cast.gail, getattr(cast, who))
    assert not AuditEvent.objects.filter(action=Action.USER_EXPORTED).exists()


def test_an_administrator_is_beyond_the_reach_of_a_user_administrator(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    assert export(cast.uma, admin)
    with pytest.raises(Refused) as caught:
        export(cast.gail, admin)
    assert caught.value.code == "beyond-reach"


def test_of_partner_staff_nobody_else_exports_the_data(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        export(cast.bob, cast.alice)
    assert caught.value.code == "export-not-yours"
    assert export(cast.bob, cast.support)
