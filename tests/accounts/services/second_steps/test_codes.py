"""Codes that are typed: which time they are of, and that each is right once."""

import pytest
from allauth.mfa.models import Authenticator

from accounts.services.second_steps import use_code
from accounts.services.second_steps.codes import PERIOD, fitting_step
from accounts.signin.allauth_internals import generate_totp_secret
from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.signin.second_steps import code_of, give_app, recovery_codes, wrong_code
from tests.support.cast import Cast

NOW = 1_800_000_000.0
STEP = int(NOW) // PERIOD


@pytest.mark.parametrize(
    ("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_right_one_step_early_or_late(steps: int, *, fits: bool) -> None:
    secret = generate_totp_secret()
    code = code_of(secret, at=NOW + steps * PERIOD)
    assert fitting_step(secret, code, at=NOW) == (STEP + steps if fits else None)


def test_a_step_that_was_used_is_not_looked_at_nor_any_before_it() -> None:
    secret = generate_totp_secret()
    codes = [code_of(secret, at=NOW + steps * PERIOD) for steps in (-1, 0, 1)]
    found = [fitting_step(secret, code, after=STEP, at=NOW) for code in codes]
    assert found == [None, None, STEP + 1]


def test_anothers_code_fits_no_step() -> None:
    secret = generate_totp_secret()
    assert fitting_step(secret, wrong_code(secret)) is None
    assert fitting_step(secret, "") is None


def test_a_right_code_says_which_second_step_it_was(cast: Cast) -> None:
    secret = give_app(cast.uma)
    used = use_code(cast.uma, code_of(secret, at=NOW), at=NOW)
    assert used == Authenticator.objects.get(user=cast.uma, type="totp")
    assert used is not None
    assert used.data["used_step"] == STEP
    assert not AuditEvent.objects.filter(action=Action.STEP_REFUSED).exists()


def test_a_recovery_code_is_counted_in_the_log(cast: Cast) -> None:
    give_app(cast.uma)
    first, second, *rest = recovery_codes(cast.uma)
    for code in (first, second):
        used = use_code(cast.uma, code)
        assert used is not None
        assert used.type == "recovery_codes"
    assert use_code(cast.uma, first) is None
    events = AuditEvent.objects.filter(action=Action.CODE_USED).order_by("pk")
    left = [event.changes["recovery_codes_left"] for event in events]
    assert left == [len(rest) + 1, len(rest)]


def test_a_wrong_code_is_an_event_and_nothing_else(cast: Cast) -> None:
    secret = give_app(cast.uma)
    app = Authenticator.objects.get(user=cast.uma, type="totp")
    assert use_code(cast.uma, wrong_code(secret)) is None
    assert Authenticator.objects.get(pk=app.pk).data == app.data
    assert AuditEvent.objects.filter(action=Action.STEP_REFUSED).count() == 1


def test_without_a_second_step_no_code_is_right(cast: Cast) -> None:
    assert use_code(cast.uma, "123456") is None
