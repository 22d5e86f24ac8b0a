"""Wrong codes that an account has had: the day's limit, and word to its owner.

The log itself is counted. It lasts, whatever becomes of the cache, and a right code in between
takes nothing off. Of strangers' wrong codes and of those on a device where the user has signed in
before, each has its own count: a stranger with the password keeps the owner out of neither.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from customers.said import gettext as _
from customers.services import audit
from customers.services.transactions import transactional

from ...models import User
from ..queue import send_warning
from .record import log
from .removing import by_owner, lock_reachable

# A wrong code is right by chance three times in a million; a year of such days makes one in
# twenty. NIST SP 800-63B allows 100 in a row.
CODES_A_DAY = 50
# After so many the owner is told: who typed them knows the password.
TOLD_AFTER = 10
DAY = timedelta(days=1)
CODE = "code"
KNOWN = "known device"


class CodesSpent(Refused):
    """The refusal to look at any code for so many `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(_("Too many wrong codes within a day."), code="codes-spent")
        self.seconds = seconds


def check_codes(user: User, *, known: bool, now: datetime | None = None) -> None:
    """Raise CodesSpent when the day's codes are used up. Inside a lock, none slips by."""
    now = now or timezone.now()
    own = [at for at, where in _wrong(user, since=now - DAY) if (where == KNOWN) is known]
    if len(own) >= CODES_A_DAY:
        # The newest come first: room is again when so many are younger than a day but one.
        left = own[CODES_A_DAY - 1] + DAY - now
        raise CodesSpent(max(1, int(left.total_seconds())))


def _wrong(user: User, *, since: datetime) -> list[tuple[datetime, str]]:
    """Return when, and where if on a known device; the newest first, none before they were
    cleared.
    """
    events = AuditEvent.objects.about(user)
    cleared = events.filter(action__in=(Action.CODES_ALLOWED, Action.STEP_RESET), at__gt=since)
    last = cleared.order_by("-pk").values_list("pk", flat=True).first() or 0
    wrong = events.filter(action=Action.STEP_REFUSED, changes__kind=CODE, at__gt=since, pk__gt=last)
    rows = wrong.order_by("-pk").values_list("at", "changes")[: 2 * CODES_A_DAY]
    return [(at, changes.get("where", "")) for at, changes in rows]


def warn_owner(user: User) -> None:
    """Warn the owner by mail, once a day; call it after a wrong code is in the log, inside its
    transaction.
    """
    since = timezone.now() - DAY
    if len(_wrong(user, since=since)) < TOLD_AFTER:
        return
    told = AuditEvent.objects.about(user).filter(action=Action.OWNER_WARNED, at__gt=since)
    if told.exists():
        return
    log(Action.OWNER_WARNED, user, {"mails": int(bool(address_of(user)))}, actor=user)
    pk = user.pk
    transaction.on_commit(lambda: send_warning(pk))


def address_of(user: User) -> str:
    """Return where to warn a user; of a customer's users the user name may be no mailbox."""
    return user.alternate_email or ("" if user.customer_id else user.user_name)


def wrong_codes_since_sign_in(user: User) -> int:
    """Count those since the user's last sign-in; call it before the next is in the log."""
    events = AuditEvent.objects.about(user)
    signed_in = events.filter(action=Action.SIGNED_IN).order_by("-pk")
    last = signed_in.values_list("pk", flat=True).first() or 0
    return events.filter(action=Action.STEP_REFUSED, changes__kind=CODE, pk__gt=last).count()


@transactional
def allow_codes(users: Iterable[User | int], *, actor: User, reason: str = "") -> int:
    """Let these users type codes again before the day is over; return how many.

    Refused for oneself, the deleted and whom the role does not reach, as reset_second_factor.
    """
    rows = lock_reachable(users, actor=actor)
    for (customer, partner), own in by_owner(rows).items():
        entries = [audit.Entry(Action.CODES_ALLOWED, row) for row in own]
        audit.record(entries, actor=actor, customer=customer, partner=partner, reason=reason)
    return len(rows)
