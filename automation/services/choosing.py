"""What users choose of their notices, and which of them they have read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.signin.lookup import scope_of, user_signing_in
from customers import scope
from customers.said import columns_of
from customers.said import gettext as _
from customers.services.transactions import transactional

from ..models import (
    Letter,
    LetterChannel,
    LetterState,
    Notice,
    NoticeChoice,
    NoticeKind,
    NoticeSettings,
)
from ..notice_choices import Channels, choices_of
from ..switching_off import SwitchOff


@dataclass(frozen=True, slots=True)
class Limits:
    """From when to when it is quiet, and from which numbers on one is told."""

    quiet_from: time | None
    quiet_to: time | None
    seats_below: int
    renewal_days: int


@transactional
def choose(user: User, choices: Mapping[NoticeKind, Channels]) -> None:
    """Keep how the user is told of these kinds; what is not mailed yet keeps to it."""
    # In one order, whoever chooses: two at once then wait for each other, and neither for both.
    NoticeChoice.objects.bulk_create(
        [NoticeChoice(user=user, kind=kind, **asdict(choices[kind])) for kind in sorted(choices)],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=[field.name for field in fields(Channels)],
    )
    silent = [kind for kind, channels in choices.items() if not channels.at_once]
    Notice.objects.filter(user=user, kind__in=silent, to_mail=True).update(to_mail=False)
    letters = Letter.objects.filter(user=user, kind__in=silent, state=LetterState.WAITING)
    over = columns_of("reason", _("These emails were switched off."))
    letters.update(state=LetterState.FAILED, **over)
    ungathered = [kind for kind, channels in choices.items() if not channels.daily]
    Notice.objects.filter(user=user, kind__in=ungathered, to_digest=True).update(to_digest=False)


@transactional
def set_limits(user: User, limits: Limits) -> None:
    values = {field.name: getattr(limits, field.name) for field in fields(limits)}
    NoticeSettings.objects.update_or_create(user=user, defaults=values)


def switch_off(what: SwitchOff) -> bool:
    """End the emails that a link names; return whether there were any to end.

    Who follows the link is not signed in: it shows that they have the email, and allows no more.
    """
    user = user_signing_in(what.user)
    if user is None:
        return False
    with scope.within(scope_of(user)):
        return _switch_off(user, what)


@transactional
def _switch_off(user: User, what: SwitchOff) -> bool:
    name = "at_once" if what.channel == LetterChannel.AT_ONCE else "daily"
    own = choices_of(user.pk)
    ended: dict[NoticeKind, Channels] = {}
    for kind in [NoticeKind(what.kind)] if what.kind else NoticeKind:
        values: dict[str, Any] = {
            field.name: getattr(own[kind], field.name) for field in fields(Channels)
        }
        if values[name]:
            ended[kind] = Channels(**{**values, name: False})
    choose(user, ended)
    return bool(ended)


def is_on(what: SwitchOff) -> bool:
    """Return whether the emails that a link names are still sent."""
    user = user_signing_in(what.user)
    if user is None:
        return False
    with scope.within(scope_of(user)):
        own = choices_of(user.pk)
    kinds = [NoticeKind(what.kind)] if what.kind else list(NoticeKind)
    name = "at_once" if what.channel == LetterChannel.AT_ONCE else "daily"
    return any(getattr(own[kind], name) for kind in kinds)


@transactional
def mark_read(user: User, until: int, *, now: datetime | None = None) -> int:
    """Mark the user's notices as read up to the one of this id; return how many were new."""
    own = Notice.objects.on_page_of(user).new().filter(pk__lte=until)
    return own.update(read_at=now or timezone.now())


@transactional
def read_notice(user: User, notice: int, *, now: datetime | None = None) -> Notice | None:
    """Mark one of the user's notices as read, and return it; None where it is not theirs."""
    found = Notice.objects.shown_to(user).filter(pk=notice).first()
    if found is not None and found.read_at is None:
        found.read_at = now or timezone.now()
        found.save(update_fields=["read_at"])
    return found
