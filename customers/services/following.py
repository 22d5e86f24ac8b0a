"""Following the activity log: what is done is acted on once, and what was rolled back never.

A change writes its event in its own transaction, so that the log is a queue that loses nothing:
the follower writes rows of its own about what it read, and its new position with them. Whatever
has to do with the network is left to a task, which works these rows off.
"""

from collections.abc import Callable, Collection, Sequence

import structlog

from ..actions import Action
from ..log.following import Follower
from ..models import AuditEvent
from .sealing import settled_id
from .transactions import transactional

logger = structlog.get_logger(__name__)

# Called with events in the order of the log, in the transaction that moves the position.
Act = Callable[[Sequence[AuditEvent]], None]

# Events at a time: what is locked and written for them is held no longer than a page would wait.
PORTION = 500
# In seconds. Who writes for longer is waited for by the next run.
PATIENCE = 2.0


def follow(name: str, actions: Collection[Action], act: Act, *, patience: float = PATIENCE) -> int:
    """Have `act` called with all events of these actions since the last time; return how many.

    An event that commits late is not missed: nothing is read above an id below which one can still
    turn up. Two who follow by one name never read the same event. Where `act` raises, the events
    before this portion are done with, and these come again.
    """
    position = Follower.objects.get_or_create(name=name)[0].position
    until = settled_id(patience)
    if until is None:
        logger.info("log_not_followed", follower=name, reason="a transaction is still writing")
        return 0
    total = 0
    while position < until and (step := act_on_next(name, actions, act, until)) is not None:
        position, read = step
        total += read
    return total


@transactional
def act_on_next(
    name: str, actions: Collection[Action], act: Act, until: int
) -> tuple[int, int] | None:
    """Act on the next portion; return how far it went, and how many events that were.

    None where another is at it, or has been.
    """
    followers = Follower.objects.select_for_update(skip_locked=True, no_key=True)
    follower = followers.filter(name=name, position__lt=until).first()
    if follower is None:
        return None
    after = AuditEvent.objects.filter(pk__gt=follower.position, pk__lte=until)
    events = list(after.filter(action__in=actions).order_by("pk")[:PORTION])
    if events:
        act(events)
    follower.position = events[-1].pk if len(events) == PORTION else until
    follower.save(update_fields=["position"])
    return follower.position, len(events)
