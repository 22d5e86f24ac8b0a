"""What a wrong second step leaves in the log, and when its owner is told."""

import pytest

from accounts.services.second_steps.refusing import refuse_step
from accounts.services.second_steps.wrong import CODE, KNOWN, TOLD_AFTER
from customers.actions import Action
from customers.models import AuditEvent
from tests.support.cast import Cast


def count(action: Action) -> int:
    return AuditEvent.objects.filter(action=action).count()


@pytest.mark.parametrize(
    ("kind", "known", "changes"),
    [
        (CODE, False, {"kind": "code"}),
        (CODE, True, {"kind": "code", "where": KNOWN}),
        ("webauthn", False, {"kind": "webauthn"}),
    ],
)
def test_an_event_says_what_was_wrong_and_where(
    cast: Cast, kind: str, changes: dict[str, str], *, known: bool
) -> None:
    refuse_step(cast.uma, kind, known=known)
    event = AuditEvent.objects.get(action=Action.STEP_REFUSED)
    assert event.changes == changes
    assert (event.actor_id, event.target_id) == (cast.uma.pk, cast.uma.pk)


def test_the_owner_is_warned_after_some_codes_and_once(cast: Cast) -> None:
    for _time in range(TOLD_AFTER - 1):
        refuse_step(cast.uma, CODE)
    assert count(Action.OWNER_WARNED) == 0
    for _time in range(2):
        refuse_step(cast.uma, CODE)
    assert count(Action.OWNER_WARNED) == 1


def test_of_passkeys_nobody_is_warned(cast: Cast) -> None:
    for _time in range(TOLD_AFTER + 1):
        refuse_step(cast.uma, "webauthn")
    assert count(Action.STEP_REFUSED) == TOLD_AFTER + 1
    assert count(Action.OWNER_WARNED) == 0
