"""Emails of notices, gathered into letters: one is written with what it tells, and sent once at
most.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone, translation

from accounts.models import User
from accounts.services.mail_answers import Setback
from accounts.services.second_steps import address_of
from accounts.services.sending import NO_ADDRESS, PAUSES, NotSent, Sender, give_up_lost, pause
from accounts.signin.languages import home_language
from accounts.signin.zones import home_zone
from customers.roles import Capability
from customers.said import columns_of
from customers.said import gettext as _
from customers.services.transactions import transactional

from ..models import Letter, LetterChannel, LetterState, Notice, NoticeSettings
from ..models.notices import REASON_LENGTH
from ..notice_choices import kinds_for
from ..notice_mail import message_of
from ..quiet_hours import is_quiet, last_morning

# So long notices of a kind are gathered before an email has them: a customer's subscriptions run
# short together, and 300 customers' in one night.
GATHERED = timedelta(minutes=1)
# What no server took until then stays for the page alone.
STALE = timedelta(days=1)


def send_letters(now: datetime | None = None) -> int:
    """Write the letters that are due, and send those that wait; return how many were sent.

    Two workers at once share the letters, never one.
    """
    at = now or timezone.now()
    give_up_lost(Letter, at)
    gather(at)
    gather_digests(at)
    return LetterSender(at).run()


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
    users = User.objects.with_roles().select_related("notice_settings")
    user = users.filter(pk=user_id).first()
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
    unread = notices.filter(_open_to(user), read_at=None).shown_to(user)
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


def _open_to(user: User) -> Q:
    """Return the condition of what may be sent to a user: without any role, what needs none."""
    return Q() if user.can(Capability.SEE) else Q(kind__in=kinds_for(user))


def own_settings(user: User) -> NoticeSettings:
    """Return what the user has set, or what holds for those who set nothing."""
    # What was read with the user is not asked for again.
    found: NoticeSettings | None = getattr(user, "notice_settings", None)
    return found or NoticeSettings(user=user)


class LetterSender(Sender[Letter]):
    def due(self) -> QuerySet[Letter]:
        waiting = Letter.objects.filter(state=LetterState.WAITING, due_at__lte=self.now)
        return waiting.order_by("due_at", "pk").select_related(
            "user__partner", "user__customer__partner", "user__notice_settings"
        )

    def send(self, row: Letter) -> bool:
        zone = ZoneInfo(home_zone(row.user))
        if is_quiet(own_settings(row.user), self.now.astimezone(zone).time()):
            # It was put off into these hours.
            later = self.now + timedelta(minutes=PAUSES[-1])
            _claimed(row).update(
                state=LetterState.WAITING, due_at=later, reason="", reason_said=None
            )
            return False
        with timezone.override(zone), translation.override(home_language(row.user)):
            return super().send(row)

    def message(self, row: Letter) -> EmailMessage:
        """Return what of the letter's notices is still so, the newest first."""
        address = address_of(row.user) if row.user.is_active else ""
        own = Notice.objects.shown_to(row.user).filter(_open_to(row.user), ended_at=None)
        name = "letter" if row.channel == LetterChannel.AT_ONCE else "digest"
        told = own.filter(**{name: row}).select_related("customer", "about")
        notices = list(told.order_by("-pk"))
        if not address or not notices:
            raise NotSent(str(NO_ADDRESS) if notices else _("All of it is over."))
        return message_of(row, notices, address)

    def put_off(self, row: Letter, why: Setback) -> None:
        if not why.again or self.now - row.created_at > STALE:
            self.settle(row, LetterState.FAILED, why.reason)
            return
        later = {"due_at": self.now + pause(row.tries), "tries": F("tries") + 1}
        if why.everywhere:
            self.due().order_by().update(**later)
        told = columns_of("reason", why.reason, REASON_LENGTH)
        _claimed(row).update(state=LetterState.WAITING, **told, **later)

    def settle(self, row: Letter, state: str, reason: str) -> None:
        """Write what became of it, unless it was given up: then it stays so."""
        is_sent = state == LetterState.SENT
        told = columns_of("reason", reason, REASON_LENGTH)
        _claimed(row).update(state=state, **told, sent_at=self.now if is_sent else None)


def _claimed(letter: Letter) -> QuerySet[Letter]:
    return Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING)
