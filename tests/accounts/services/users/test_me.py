"""What users change about themselves."""

import pytest

from accounts.services.users.me import record_sign_in, set_list_columns, set_time_zone
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.verbs import fresh
from tests.support.cast import Cast
from tests.support.log import Line, log


@pytest.mark.parametrize("who", ["uma", "bob", "support"])
def test_a_sign_in_is_in_the_log_of_the_user_who_did_it(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    record_sign_in(user)
    event = AuditEvent.objects.get(action=Action.SIGNED_IN)
    assert (event.actor_id, event.target_id) == (user.pk, user.pk)
    assert event.customer_id == user.customer_id


def test_the_zone_is_kept_and_in_the_log(cast: Cast) -> None:
    assert set_time_zone(cast.uma, "Europe/Oslo")
    assert fresh(cast.uma).time_zone == "Europe/Oslo"
    uma = "Uma (uma@contoso.example)"
    assert log() == [
        Line("user.changed", uma, {"time_zone": ["", "Europe/Oslo"]}, actor=uma),
    ]


def test_the_same_zone_is_no_change(cast: Cast) -> None:
    assert not set_time_zone(cast.uma, "")
    set_time_zone(cast.uma, "Europe/Oslo")
    # As a page knew it that was opened before.
    assert not set_time_zone(cast.uma, "Europe/Oslo")
    assert len(log()) == 1


def test_the_zone_of_the_browser_can_be_chosen_again(cast: Cast) -> None:
    set_time_zone(cast.uma, "Europe/Oslo")
    assert set_time_zone(cast.uma, "")
    assert fresh(cast.uma).time_zone == ""


def test_columns_are_kept_for_oneself_and_told_to_nobody(cast: Cast) -> None:
    set_list_columns(cast.alice, "user,added")
    assert (fresh(cast.alice).list_columns, fresh(cast.bob).list_columns) == ("user,added", "")
    set_list_columns(cast.alice, "")
    assert fresh(cast.alice).list_columns == ""
    assert len(log()) == 0
