"""The words of notices: a sentence for each, from its facts, in the language of who reads it.

Facts name no user. The one whom a sentence names is read with the notice, under the name of today.
Who tells of a kind keeps to the facts that the function here reads; times and days are ISO 8601.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.formats import figure, users_not_changed
from customers.models import BatchKind
from customers.said import UNREADABLE, retold_row

from .models import Notice, NoticeKind, ReportKind

Facts = dict[str, Any]
Words = Callable[[Notice], str]
_WORDS: dict[NoticeKind, Words] = {}


def says(kind: NoticeKind) -> Callable[[Words], Words]:
    """Give a kind its words."""

    def decorate(words: Words) -> Words:
        _WORDS[kind] = words
        return words

    return decorate


def sentence(notice: Notice) -> str:
    """Return what the notice says, with the customer's name before it.

    Of facts that another version has written it says the kind.
    """
    try:
        text = _WORDS[NoticeKind(notice.kind)](notice)
    except UNREADABLE:
        text = str(notice.get_kind_display())
    if notice.customer is None:
        return text
    return _("%(customer)s: %(text)s") % {"customer": notice.customer.name, "text": text}


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT")


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")


@says(NoticeKind.SEATS)
def seats(notice: Notice) -> str:
    """Facts: product, available."""
    facts: Facts = notice.facts
    if not facts["available"]:
        return _("No seats of %(product)s left.") % facts
    text = ngettext(
        "%(count)s seat of %(product)s left.",
        "%(count)s seats of %(product)s left.",
        facts["available"],
    )
    return text % {**facts, "count": figure(facts["available"])}


@says(NoticeKind.RENEWAL)
def renewal(notice: Notice) -> str:
    """Facts: product, seats, on."""
    facts: Facts = notice.facts
    text = ngettext(
        "%(product)s (%(count)s seat) renews on %(day)s.",
        "%(product)s (%(count)s seats) renews on %(day)s.",
        facts["seats"],
    )
    return text % {**facts, "count": figure(facts["seats"]), "day": _day(facts["on"])}


@says(NoticeKind.DELETION)
def deletion(notice: Notice) -> str:
    """Facts: users, first."""
    facts: Facts = notice.facts
    text = ngettext(
        "%(count)s deleted user can be restored until %(end)s.",
        "%(count)s deleted users can be restored until %(end)s.",
        facts["users"],
    )
    return text % {"count": figure(facts["users"]), "end": _moment(facts["first"])}


@says(NoticeKind.SHEET)
def sheet(notice: Notice) -> str:
    """Facts: users, until."""
    facts: Facts = notice.facts
    text = ngettext(
        "The temporary password of %(count)s user waits to be handed over until %(end)s.",
        "The temporary passwords of %(count)s users wait to be handed over until %(end)s.",
        facts["users"],
    )
    return text % {"count": figure(facts["users"]), "end": _moment(facts["until"])}


@says(NoticeKind.PASSWORD)
def password(notice: Notice) -> str:
    """Facts: users, first."""
    facts: Facts = notice.facts
    text = ngettext(
        "The temporary password of %(count)s user expires unused on %(end)s.",
        "The temporary passwords of %(count)s users expire unused, the first on %(end)s.",
        facts["users"],
    )
    return text % {"count": figure(facts["users"]), "end": _moment(facts["first"])}


@says(NoticeKind.SCHEDULE_FAILED)
def schedule_failed(notice: Notice) -> str:
    """Facts: action (a kind of batch), users."""
    return _("%(action)s for %(users)s was scheduled, and could not be done.") % _action(notice)


@says(NoticeKind.SCHEDULE_DONE)
def schedule_done(notice: Notice) -> str:
    """Facts: action (a kind of batch), users, and, of these, left: those not changed."""
    text = _("%(action)s for %(users)s was done as scheduled.") % _action(notice)
    left = notice.facts.get("left", 0)
    if not left:
        return text
    return f"{text} {users_not_changed(left)}"


def _action(notice: Notice) -> dict[str, str]:
    number = notice.facts["users"]
    users = ngettext("%(count)s user", "%(count)s users", number) % {"count": figure(number)}
    return {"action": str(BatchKind(notice.facts["action"]).label), "users": users}


@says(NoticeKind.RULE_WAITS)
def rule_waits(notice: Notice) -> str:
    """Facts: product, users."""
    facts: Facts = notice.facts
    text = ngettext(
        "%(count)s user waits for a seat of %(product)s that a license rule gives.",
        "%(count)s users wait for a seat of %(product)s that a license rule gives.",
        facts["users"],
    )
    return text % {**facts, "count": figure(facts["users"])}


@says(NoticeKind.SILENT)
def silent(notice: Notice) -> str:
    """Facts: name, and since: of a source, when it was last heard of. An application has none."""
    facts: Facts = notice.facts
    if "since" in facts:
        text = _("The source %(name)s was last heard of on %(since)s.")
        return text % {"name": facts["name"], "since": _moment(facts["since"])}
    return _("The application %(name)s takes no accounts at the moment.") % facts


@says(NoticeKind.DEVICE)
def device(notice: Notice) -> str:
    """Facts: browser, at."""
    text = _(
        "Your account was used to sign in from a new device: %(browser)s, on %(at)s. If that was"
        " not you, end the session and change your password."
    )
    return text % {"browser": notice.facts["browser"], "at": _moment(notice.facts["at"])}


@says(NoticeKind.TOKEN)
def token(notice: Notice) -> str:
    """Facts: name, prefix, ends; of an integration or a source, owner and owner_kind as well."""
    facts: Facts = notice.facts
    text = _("The token %(name)s (%(prefix)s…) expires on %(end)s.")
    told = text % {**facts, "end": _moment(facts["ends"])}
    if facts.get("owner_kind") == "source":
        where = _("It belongs to the source %(owner)s.") % facts
    elif facts.get("owner_kind") == "integration":
        where = _("It belongs to the integration %(owner)s.") % facts
    else:
        return told
    return f"{told} {where}"


@says(NoticeKind.REQUEST)
def request(notice: Notice) -> str:
    """Facts: product; of a request for seats, how many. `about` is who asks."""
    name = notice.about.display_name if notice.about else _("A user")
    facts = {**notice.facts, "user": name}
    if number := notice.facts.get("seats"):
        text = ngettext(
            "%(user)s asks for %(count)s more seat of %(product)s.",
            "%(user)s asks for %(count)s more seats of %(product)s.",
            number,
        )
        return text % {**facts, "count": figure(number)}
    return _("%(user)s asks for a license of %(product)s.") % facts


@says(NoticeKind.ANSWER)
def answer(notice: Notice) -> str:
    """Facts: product, granted."""
    facts: Facts = notice.facts
    if facts["granted"]:
        return _("Your request for %(product)s was approved.") % facts
    return _("Your request for %(product)s was declined.") % facts


@says(NoticeKind.REVIEW)
def review(notice: Notice) -> str:
    """Facts: what (asked, reminded or ended), review (its name), last_day."""
    facts = {**notice.facts, "day": _day(notice.facts["last_day"])}
    if facts["what"] == "ended":
        return _("The access review %(review)s has ended.") % facts
    if facts["what"] == "reminded":
        return _("The access review %(review)s still waits for your answers until %(day)s.") % facts
    return _("The access review %(review)s waits for your answers until %(day)s.") % facts


@says(NoticeKind.REPORT)
def report(notice: Notice) -> str:
    """Facts: report (a kind), problem (a sentence)."""
    label = ReportKind(notice.facts["report"]).label
    text = _("The scheduled report %(report)s is paused. %(problem)s")
    return text % {"report": label, "problem": retold_row(notice.facts)["problem"]}
