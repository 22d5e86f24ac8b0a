"""What is done to a member of the team: asked first, then done once."""

from django.test import Client

from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.views.team.members import address
from tests.support.cast import Cast
from tests.support.forms import fields, read, told

DEEDS = ("block", "allow", "reset", "remove")
DONE = [Action.USER_BLOCKED, Action.USER_ALLOWED, Action.PASSWORD_RESET, Action.STAFF_REMOVED]
ALREADY = {
    "block": "Blocked already.",
    "allow": "Sign-in is allowed already.",
    "reset": "a moment ago",
    "remove": "Bob was deleted meanwhile by Alice.",
}


def test_each_deed_asks_first_and_then_acts_once(alice: Client, cast: Cast) -> None:
    for deed in ("block", "allow", "reset", "remove"):
        sent = fields(read(alice, address(cast.bob, deed)))
        assert AuditEvent.objects.filter(target_id=cast.bob.pk).count() == len(
            DONE[: list(DEEDS).index(deed)]
        )
        alice.post(address(cast.bob, deed), {**sent, "reason": f"INC-{deed}"})
        again = alice.post(address(cast.bob, deed), sent, follow=True)
        assert ALREADY[deed] in told(again)
    actions = AuditEvent.objects.filter(target_id=cast.bob.pk).order_by("pk")
    assert list(actions.values_list("action", "reason")) == [
        (action, f"INC-{deed}") for action, deed in zip(DONE, DEEDS, strict=True)
    ]
