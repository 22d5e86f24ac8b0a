"""Emails of notices: gathered into letters, a row each, and sent once at most.

A letter is written with what it tells, and claimed before it is sent: where a worker dies in
between, it may have gone out, and is not sent again. What a server puts off is tried later.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.mail import NO_ADDRESS
from accounts.services.mail_answers import Setback, in_doubt, setback
from accounts.services.second_steps import address_of
from accounts.signin.zones import home_zone
from customers.services.transactions import transactional

from ..models import Letter, LetterChannel, LetterState, Notice, NoticeSettings
from ..notice_mail import message_of
from ..quiet_hours import is_quiet, last_morning

logger = structlog.get_logger(__name__)

# So long notices of a kind are gathered before an email has them: a customer's subscriptions run
# short together, and 300 customers' in one night.
GATHERED = timedelta(minutes=1)
# After this a claimed letter whose worker died is given up: it may have gone out.
GIVE_UP = timedelta(minutes=10)
# Minutes until the next try, the last of them again and again, and when it is told for the page
# alone.
PAUSES = (1, 5, 15, 30, 60)
STALE = timedelta(days=1)
PORTION = 1_000


def send_letters(now: datetime | None = None) -> int:
    """Write the letters that are due, and send those that wait; return how many were sent.

    Two workers at once share the letters, never one.
    """
    at = now or timezone.now()
    give_up_lost(at)
    gather(at)
    gather_digests(at)
    sent = 0
    with contextlib.closing(get_connection()) as connection:
        while (letter := _claim(at)) is not None:
            sent += _send(letter, connection, at)
    return sent


def gather(now: datetime) -> int:
    """Write letters of what is to be mailed at once; return how many."""
    waiting = Notice.objects.filter(to_mail=True, told_at__lte=now - GATHERED)
    found = waiting.order_by("user", "kind").values_list("user", "kind").distinct()
    return sum(_write(user, now, kind=kind) for user, kind in list(found))


def gather_digests(now: datetime) -> int:
    """Write letters of what was told before the morning that has come; return how many."""
    waiting = Notice.objects.filter(to_digest=True).order_by().values("user")
    first = dict(waiting.annotate(first=Min("told_at")).values_list("user", "first"))
    users = User.objects.filter(pk__among=first).order_by("pk")
    return sum(
        _write(user.pk, now)
        for user in users.only("time_zone", "usage_location", "country")
        if first[user.pk] <= last_morning(now, ZoneInfo(home_zone(user)))
    )


@transactional
def _write(user_id: int, now: datetime, *, kind: str = "") -> int:
    """Write a user's letter of a kind, or of a day; return 1, or 0 where it is not its time."""
    user = User.objects.select_related("notice_settings").filter(pk=user_id).first()
    if user is None:
        return 0
    zone = ZoneInfo(home_zone(user))
    if is_quiet(own_settings(user), now.astimezone(zone).time()):
        return 0
    own = Notice.objects.select_for_update(skip_locked=True, no_key=True).filter(user=user)
    if kind:
        found = own.filter(to_mail=True, kind=kind)
    else:
        found = own.filter(to_digest=True, told_at__lte=last_morning(now, zone))
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    notices = Notice.objects.filter(pk__among=keys)
    # What was read on the page since needs no email.
    unread = notices.filter(read_at=None).shown_to(user)
    channel = LetterChannel.AT_ONCE if kind else LetterChannel.DAILY
    day = None if kind else now.astimezone(zone).date()
    written = 0
    is_told = user.is_active and bool(address_of(user))
    if keys and is_told and unread.exists():
        mark = {"user": user, "channel": channel, "day": day}
        if day and Letter.objects.filter(**mark).exists():
            # It was late for the one of today: the next has it.
            return 0
        letter = Letter.objects.create(**mark, kind=kind, due_at=now, created_at=now)
        unread.update(**{"letter" if kind else "digest": letter})
        written = 1
    notices.update(**{"to_mail" if kind else "to_digest": False})
    return written


def own_settings(user: User) -> NoticeSettings:
    """Return what the user has set, or what holds for those who set nothing."""
    # What was read with the user is not asked for again.
    found: NoticeSettings | None = getattr(user, "notice_settings", None)
    return found or NoticeSettings(user=user)


@transactional
def _claim(now: datetime) -> Letter | None:
    """Write that this worker sends the letter, before it does."""
    due = Letter.objects.filter(state=LetterState.WAITING, due_at__lte=now).order_by("due_at", "pk")
    locked = due.select_for_update(skip_locked=True, of=("self",), no_key=True)
    letter = locked.select_related("user__partner", "user__customer__partner").first()
    if letter is not None:
        letter.state, letter.claimed_at = LetterState.SENDING, now
        letter.save(update_fields=["state", "claimed_at"])
    return letter


def _send(letter: Letter, connection: BaseEmailBackend, now: datetime) -> int:
    user = letter.user
    zone = ZoneInfo(home_zone(user))
    if is_quiet(own_settings(user), now.astimezone(zone).time()):
        # It was put off into these hours.
        _settle(letter, LetterState.WAITING, "", due_at=now + timedelta(minutes=PAUSES[-1]))
        return 0
    address = address_of(user) if user.is_active else ""
    notices = list(_told_in(letter))
    if not address or not notices:
        reason = str(NO_ADDRESS) if notices else _("All of it is over.")
        return _settle(letter, LetterState.FAILED, reason)
    with timezone.override(zone):
        message = message_of(letter, notices, address)
    message.connection = connection
    try:
        message.send()
    except (OSError, ValueError) as error:
        connection.close()
        why = setback(error)
        logger.warning("notices_not_mailed", letter=letter.pk, reason=why.reason)
        return _put_off(letter, why, now)
    return _settle(letter, LetterState.SENT, "", sent_at=now)


def _told_in(letter: Letter) -> Iterator[Notice]:
    """Yield what the letter tells that is still so, the newest first."""
    own = Notice.objects.shown_to(letter.user).filter(ended_at=None)
    name = "letter" if letter.channel == LetterChannel.AT_ONCE else "digest"
    rows = own.filter(**{name: letter}).select_related("customer", "about")
    return rows.order_by("-pk").iterator(PORTION)


def _put_off(letter: Letter, why: Setback, now: datetime) -> int:
    if not why.again or now - letter.created_at > STALE:
        return _settle(letter, LetterState.FAILED, why.reason)
    pause = timedelta(minutes=PAUSES[min(letter.tries, len(PAUSES) - 1)])
    if why.everywhere:
        others = Letter.objects.filter(state=LetterState.WAITING, due_at__lte=now)
        others.update(due_at=now + pause, tries=F("tries") + 1)
    return _settle(
        letter, LetterState.WAITING, why.reason, due_at=now + pause, tries=letter.tries + 1
    )


def _settle(letter: Letter, state: LetterState, reason: str, **more: object) -> int:
    """Write what became of it, unless it was given up: then it stays so."""
    claimed = Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING)
    claimed.update(state=state, reason=reason[:255], **more)
    return int(state == LetterState.SENT)


def give_up_lost(now: datetime) -> int:
    """Give up the letters whose worker died; return how many."""
    lost = Letter.objects.filter(state=LetterState.SENDING, claimed_at__lt=now - GIVE_UP)
    return lost.update(state=LetterState.FAILED, reason=in_doubt())
