"""What is done to a member of the team: asked first, then done once."""

from django.test import Client

from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.views.team.members import address
from tests.support.cast import Cast
from tests.support.forms import fields, read, told

ACTIONS = ("block", "allow", "reset", "remove")
DONE = [Action.USER_BLOCKED, Action.USER_ALLOWED, Action.PASSWORD_RESET, Action.STAFF_REMOVED]
ALREADY = {
    "block": "Already blocked.",
    "allow": "Sign-in is already allowed.",
    "reset": "a moment ago",
    "remove": "Bob has been deleted by Alice.",
}


def test_each_action_asks_first_and_then_acts_once(alice: Client, cast: Cast) -> None:
    for action in ("block", "allow", "reset", "remove"):
        sent = fields(read(alice, address(cast.bob, action)))
        assert AuditEvent.objects.filter(target_id=cast.bob.pk).count() == len(
            DONE[: list(ACTIONS).index(action)]
        )
        alice.post(address(cast.bob, action), {**sent, "reason": f"INC-{action}"})
        again = alice.post(address(cast.bob, action), sent, follow=True)
        assert ALREADY[action] in told(again)
    actions = AuditEvent.objects.filter(target_id=cast.bob.pk).order_by("pk")
    assert list(actions.values_list("action", "reason")) == [
        (event, f"INC-{action}") for event, action in zip(DONE, ACTIONS, strict=True)
    ]
