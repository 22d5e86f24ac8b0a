"""What each action on second steps begins with: a session that is still one."""

from collections.abc import Callable

import pytest

from accounts.models import User
from accounts.services.second_steps.record import lock_user, log
from accounts.services.users import block_users, delete_users, remove_users, reset_passwords
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


def delete_for_good(cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)


ENDS: dict[str, Callable[[Cast], object]] = {
    "block": lambda cast: block_users([cast.uma], customer=cast.contoso, actor=cast.alice),
    "delete": lambda cast: delete_users([cast.uma], customer=cast.contoso, actor=cast.alice),
    "reset": lambda cast: reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice),
    "remove": delete_for_good,
}


def test_the_row_is_the_one_of_now(cast: Cast) -> None:
    before = fresh(cast.uma)
    User.objects.filter(pk=cast.uma.pk).update(city="Oslo")
    assert lock_user(before).city == "Oslo"


@pytest.mark.parametrize("end", ENDS)
def test_whose_session_has_ended_is_told_to_sign_in_again(end: str, cast: Cast) -> None:
    before = fresh(cast.uma)
    ENDS[end](cast)
    with pytest.raises(Refused, match="have been signed out") as caught:
        lock_user(before)
    assert caught.value.code == "signed-out"


def test_an_event_is_in_the_log_of_whose_step_it_is(cast: Cast) -> None:
    log(Action.STEP_RESET, cast.uma, actor=cast.alice)
    log(Action.STEP_RESET, cast.bob, {"kind": "totp"}, actor=cast.alice, personal={"name": "Key"})
    found = AuditEvent.objects.select_related("names").order_by("pk")
    assert [
        (event.customer_id, event.partner_id, event.changes, event.names.changes) for event in found
    ] == [
        (cast.contoso.pk, cast.fabrikam.pk, {}, {}),
        (None, cast.fabrikam.pk, {"kind": "totp"}, {"name": "Key"}),
    ]
