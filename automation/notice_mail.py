"""How an email of notices reads: in the partner's name, with a link that ends such emails."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.branding.letterhead import email, sender_name
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
    """Return the email of a letter, in the language and time zone that are active.

    Kinds of another version come last, called as they are stored.
    """
    user, channel = letter.user, LetterChannel(letter.channel)
    known = NoticeKind.values
    by_kind = sorted(
        notices,
        key=lambda each: (known.index(each.kind) if each.kind in known else len(known), each.kind),
    )
    sections = [
        _section(user, channel, list(told))
        for _kind, told in groupby(by_kind, key=lambda notice: notice.kind)
    ]
    partner = user.own_partner
    sender = sender_name(partner)
    off = absolute(path_of(SwitchOff(user.pk, channel, letter.kind)))
    context = {
        "user": user,
        "sender": sender,
        "partner": partner,
        "sections": sections,
        "is_daily": channel == LetterChannel.DAILY,
        "off_url": off,
        "notices_url": absolute(reverse("automation:notice-list")),
        "settings_url": absolute(reverse("automation:notice-settings")),
    }
    subject = _("%(partner)s: %(text)s") % {"partner": sender, "text": _subject(letter, notices)}
    return email(
        partner,
        subject=subject,
        body=render_to_string("automation/mail/notices.txt", context),
        to=address,
        headers={
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # No holiday reply comes back.
            "Auto-Submitted": "auto-generated",
        },
    )


def _section(user: User, channel: LetterChannel, notices: Sequence[Notice]) -> Section:
    lines = [
        Line(sentence(notice), absolute(reverse("automation:notice-open", args=[notice.pk])))
        for notice in notices[:LISTED]
    ]
    first = notices[0]
    off = absolute(path_of(SwitchOff(user.pk, channel, first.kind)))
    return Section(str(first.get_kind_display()), lines, max(len(notices) - LISTED, 0), off)


def _subject(letter: Letter, notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return Truncator(sentence(notices[0])).chars(SUBJECT_LENGTH)
    number = len(notices)
    if letter.channel == LetterChannel.DAILY:
        text = ngettext("%(count)s notice", "%(count)s notices", number)
        return text % {"count": figure(number)}
    label = letter.get_kind_display()
    return _("%(kind)s (%(count)s)") % {"kind": label, "count": figure(number)}
