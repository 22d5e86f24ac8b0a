"""What users change about themselves."""

import pytest

from accounts.models import User
from accounts.services.users.me import record_sign_in, set_preferences
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


def settle(user: User, zone: str, language: str = "") -> bool:
    return set_preferences(user, time_zone=zone, language=language)


def test_zone_and_language_are_kept_and_in_the_log(cast: Cast) -> None:
    assert settle(cast.uma, "Europe/Oslo")
    assert settle(cast.uma, "Europe/Oslo", "fr")
    assert (fresh(cast.uma).time_zone, fresh(cast.uma).language) == ("Europe/Oslo", "fr")
    uma = "Uma (uma@contoso.example)"
    assert log() == [
        Line("user.changed", uma, {"time_zone": ["", "Europe/Oslo"]}, actor=uma),
        Line("user.changed", uma, {"language": ["", "fr"]}, actor=uma),
    ]


def test_the_same_again_is_no_change(cast: Cast) -> None:
    assert not settle(cast.uma, "")
    settle(cast.uma, "Europe/Oslo", "de")
    # As a page knew it that was opened before.
    assert not settle(cast.uma, "Europe/Oslo", "de")
    assert len(log()) == 1


def test_those_of_the_browser_can_be_chosen_again(cast: Cast) -> None:
    settle(cast.uma, "Europe/Oslo", "de")
    assert settle(cast.uma, "")
    assert (fresh(cast.uma).time_zone, fresh(cast.uma).language) == ("", "")
