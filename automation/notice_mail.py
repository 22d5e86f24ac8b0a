"""How an email of notices reads: in the partner's name, with a link that ends such emails."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.formats import figure

from .models import Letter, LetterChannel, Notice, NoticeKind
from .notice_words import sentence
from .switching_off import SwitchOff, absolute, path_of

# Of one kind; the others are counted. A partner's 300 customers may all run short in a night.
LISTED = 50
SUBJECT_LENGTH = 150


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """What an email tells of one kind; `more` are those that it only counts."""

    label: str
    lines: Sequence[Line]
    more: int
    off_url: str


def message_of(letter: Letter, notices: Sequence[Notice], address: str) -> EmailMessage:
    """Return the email of a letter, in the language and time zone that are active."""
    user, channel = letter.user, LetterChannel(letter.channel)
    by_kind = sorted(notices, key=lambda notice: list(NoticeKind).index(NoticeKind(notice.kind)))
    sections = [
        _section(user, channel, NoticeKind(kind), list(told))
        for kind, told in groupby(by_kind, key=lambda notice: notice.kind)
    ]
    sender = sender_of(user)
    off = absolute(path_of(SwitchOff(user.pk, channel, letter.kind)))
    context = {
        "user": user,
        "sender": sender,
        "sections": sections,
        "is_daily": channel == LetterChannel.DAILY,
        "off_url": off,
        "notices_url": absolute(reverse("automation:notice-list")),
        "settings_url": absolute(reverse("automation:notice-settings")),
    }
    _name, from_address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    subject = _("%(partner)s: %(text)s") % {"partner": sender, "text": _subject(letter, notices)}
    return EmailMessage(
        # A line break can't be in a header.
        subject=" ".join(subject.split()),
        body=render_to_string("automation/mail/notices.txt", context),
        from_email=formataddr((sender, from_address)),
        to=[address],
        headers={
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # No holiday reply comes back.
            "Auto-Submitted": "auto-generated",
        },
    )


def sender_of(user: User) -> str:
    """Return the name of the partner, under which the user knows the portal."""
    partner = user.customer.partner if user.customer else user.partner
    return " ".join(str(partner).split()) if partner else _("Partner Portal")


def _section(
    user: User, channel: LetterChannel, kind: NoticeKind, notices: Sequence[Notice]
) -> Section:
    lines = [
        Line(sentence(notice), absolute(reverse("automation:notice-open", args=[notice.pk])))
        for notice in notices[:LISTED]
    ]
    off = absolute(path_of(SwitchOff(user.pk, channel, kind)))
    return Section(str(kind.label), lines, max(len(notices) - LISTED, 0), off)


def _subject(letter: Letter, notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return Truncator(sentence(notices[0])).chars(SUBJECT_LENGTH)
    number = len(notices)
    if letter.channel == LetterChannel.DAILY:
        text = ngettext("%(count)s notice", "%(count)s notices", number)
        return text % {"count": figure(number)}
    label = NoticeKind(letter.kind).label
    return _("%(kind)s (%(count)s)") % {"kind": label, "count": figure(number)}
