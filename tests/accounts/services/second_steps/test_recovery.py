"""Recovery codes: made along with a second step, shown, replaced, counted."""

import pytest
from allauth.mfa.models import Authenticator
from pytest_django import Settings

from accounts.services.second_steps import (
    make_recovery_codes,
    read_recovery_codes,
    remove_step,
    use_code,
)
from accounts.services.second_steps.recovery import ensure_recovery_codes, recovery_codes_left
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from tests.accounts.signin.second_steps import give_app, recovery_codes
from tests.support.cast import Cast


def actions() -> list[str]:
    made = (Action.CODES_MADE, Action.CODES_SHOWN)
    events = AuditEvent.objects.filter(action__in=made).order_by("pk")
    return list(events.values_list("action", flat=True))


def test_codes_are_made_once(cast: Cast) -> None:
    assert ensure_recovery_codes(cast.uma)
    codes = recovery_codes(cast.uma)
    assert not ensure_recovery_codes(cast.uma)
    assert recovery_codes(cast.uma) == codes
    assert actions() == [Action.CODES_MADE]


def test_new_codes_replace_the_old_ones(cast: Cast) -> None:
    give_app(cast.uma)
    old = recovery_codes(cast.uma)
    make_recovery_codes(actor=cast.uma)
    assert set(old).isdisjoint(recovery_codes(cast.uma))
    assert actions() == [Action.CODES_MADE, Action.CODES_MADE]


def test_without_a_second_step_there_is_nothing_that_codes_could_stand_for(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        make_recovery_codes(actor=cast.uma)
    assert caught.value.code == "no-second-step"
    assert not Authenticator.objects.filter(user=cast.uma).exists()


def test_codes_go_with_the_last_second_step(cast: Cast) -> None:
    give_app(cast.uma)
    remove_step(Authenticator.objects.get(user=cast.uma, type="totp"), actor=cast.uma)
    assert read_recovery_codes(actor=cast.uma) == []
    assert Action.CODES_SHOWN not in actions()


def test_that_codes_were_shown_is_in_the_log_with_how_many(cast: Cast) -> None:
    give_app(cast.uma)
    codes = recovery_codes(cast.uma)
    use_code(cast.uma, codes[0])
    assert read_recovery_codes(actor=cast.uma) == codes[1:]
    event = AuditEvent.objects.get(action=Action.CODES_SHOWN)
    assert event.changes == {"recovery_codes_left": len(codes) - 1}
    assert codes[1] not in str(event.changes)


def test_codes_without_their_key_are_refused(cast: Cast, settings: Settings) -> None:
    give_app(cast.uma)
    settings.CREDENTIALS_KEYS = ["bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="]
    with pytest.raises(Refused) as caught:
        read_recovery_codes(actor=cast.uma)
    assert caught.value.code == "second-step-unreadable"
    assert Action.CODES_SHOWN not in actions()


def test_those_left_are_counted_without_opening_them(cast: Cast, settings: Settings) -> None:
    give_app(cast.uma)
    codes = recovery_codes(cast.uma)
    for code in codes[:3]:
        use_code(cast.uma, code)
    settings.CREDENTIALS_KEYS = ["bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0="]
    stored = Authenticator.objects.get(user=cast.uma, type="recovery_codes")
    assert recovery_codes_left(stored) == len(codes) - 3
