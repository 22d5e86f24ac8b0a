"""The confirmation page of an upload: its rows with their outcomes, seats, and Confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.views.licenses import buy_more_url
from accounts.views.tabs import Tab
from customers.formats import figure
from customers.forms.reason import ReasonForm
from customers.requests import PortalRequest
from customers.roles import Capability, who_can
from customers.views.lists import PLACE, address, page_links
from licensing.models import Subscription

from ..columns.parts import label_of
from ..forms import ExistingForm, StartForm
from ..models import RowOutcome, Upload, UploadRow
from ..services import Assigning, Options, Short, UploadCounts, fingerprint
from ..services.cells.mojibake import LETTER_LOST
from ..services.entries import STARTS_ON
from ..services.tally import ACTS
from .assigning import to_assign
from .causes import cause_lines, warning_lines
from .columns import columns_shown
from .repairing import repaired_sentence
from .rows import TONES, drawn_places, shown_rows

# So many causes are listed, and the others where one asks for them.
LINES = 12
# Rows of any outcome, in which something is doubtful.
WARNED = "warned"
SHOW = {
    "wrong": RowOutcome.WRONG,
    "add": RowOutcome.ADD,
    "change": RowOutcome.CHANGE,
    "restore": RowOutcome.RESTORE,
    "left": RowOutcome.LEAVE,
    "dropped": RowOutcome.DROP,
}
_FIGURES = {
    RowOutcome.ADD: gettext_lazy("Will be added"),
    RowOutcome.CHANGE: gettext_lazy("Will be changed"),
    RowOutcome.RESTORE: gettext_lazy("Will be restored"),
    RowOutcome.LEAVE: gettext_lazy("Unchanged"),
    RowOutcome.WRONG: gettext_lazy("Errors"),
    RowOutcome.DROP: gettext_lazy("Excluded"),
}
# Of these a zero is left out.
_RARE = (RowOutcome.RESTORE, RowOutcome.DROP)
_TABS = {
    "wrong": gettext_lazy("Errors (%(count)s)"),
    WARNED: gettext_lazy("Warnings (%(count)s)"),
    "add": gettext_lazy("To be added (%(count)s)"),
    "change": gettext_lazy("To be changed (%(count)s)"),
    "restore": gettext_lazy("To be restored (%(count)s)"),
    "left": gettext_lazy("Unchanged (%(count)s)"),
    "dropped": gettext_lazy("Excluded (%(count)s)"),
}


@dataclass(frozen=True, slots=True)
class SeatLine:
    """The seats that the rows want of a subscription."""

    subscription: Subscription
    wanted: int
    buy_url: str

    @property
    def available(self) -> int:
        return self.subscription.assignable

    @property
    def missing(self) -> int:
        return max(0, self.wanted - self.available)


def confirmation(request: PortalRequest, upload: Upload, kept: QueryDict) -> dict[str, Any]:
    """Return what the page of a checked upload shows.

    `kept` was sent before a second step was asked for.
    """
    tally, options = UploadCounts.from_json(upload.counts), Options.from_json(upload.options)
    show = shown_tab(request, tally)
    pages = Paginator(rows_shown(upload, show), settings.PAGE_SIZE)
    # Counted already: no query has to.
    pages.count = _count(tally, show)
    page = pages.get_page(request.GET.get("page"))
    rows = list(page.object_list)
    deleted_before = upload.rows.filter(outcome=RowOutcome.ADD, user__isnull=False)
    reading = upload.reading
    drawn = drawn_places(reading.columns, rows)
    return {
        **summary(request, upload, kept, drawn),
        **_reading(upload),
        **columns_shown(upload),
        "changed": [
            (row["number"], row["why"] or outcomes_told(row["was"], row["now"]))
            for row in reading.changed
        ],
        "changed_more": reading.changed_count - len(reading.changed),
        "unknown": reading.unknown,
        "labels": [label_of(reading.columns[at]) for at in drawn],
        "rows": shown_rows(request, upload, rows, drawn),
        "pager": page_links(request, page) if page.has_other_pages() else None,
        "existing_form": ExistingForm(options=options),
        "start_form": StartForm(customer=upload.customer, actor=request.user, options=options)
        if tally.rows[RowOutcome.ADD]
        else None,
        "start_days": STARTS_ON in reading.columns,
        "has_existing": bool(tally.rows[RowOutcome.LEAVE] or tally.rows[RowOutcome.CHANGE]),
        "has_namesakes": options.restores or deleted_before.exists(),
    }


def shown_tab(request: HttpRequest, tally: UploadCounts) -> str:
    """Return whose rows are shown: the wrong ones first, as long as there are any."""
    show = request.GET.get("show", "")
    # Of these none may be left after a repair.
    if show in ("wrong", WARNED) and not _count(tally, show):
        show = ""
    return show or ("wrong" if tally.rows[RowOutcome.WRONG] else "")


def rows_shown(upload: Upload, show: str) -> QuerySet[UploadRow]:
    rows = upload.rows.order_by("number")
    if show == WARNED:
        return rows.filter(warns=True)
    return rows.filter(outcome=SHOW[show]) if show in SHOW else rows


def _count(tally: UploadCounts, show: str) -> int:
    if show == WARNED:
        return tally.warned
    return tally.rows[SHOW[show]] if show in SHOW else tally.total


def summary(
    request: PortalRequest, upload: Upload, kept: QueryDict, drawn: Sequence[int]
) -> dict[str, Any]:
    """Return what stands around the rows and follows each repair: figures, causes, Confirm.

    `drawn` are the columns of the page, for rows that come later to take their place in it.
    """
    tally = UploadCounts.from_json(upload.counts)
    show = shown_tab(request, tally)
    causes = cause_lines(upload, tally) if show == "wrong" else []
    warnings = warning_lines(upload, tally)
    shown = causes if request.GET.get("causes") == "all" else causes[:LINES]
    repair_url = reverse("uploads:upload-repair", args=[upload.customer_id, upload.pk])
    query = request.GET.urlencode()
    seats = _seats(request, upload, tally)
    asked = to_assign(upload)
    pending = 0
    if asked and asked.answer == Assigning.UNDECIDED:
        pending = min(asked.users, tally.rows[RowOutcome.LEAVE])
    return {
        **seats,
        "tally": _figures(tally, pending),
        "to_assign": asked,
        "pending": pending,
        "acts": tally.acts,
        "wrong": tally.rows[RowOutcome.WRONG],
        "tabs": _tabs(request, tally, show),
        "repaired": repaired_sentence(upload.reading),
        "causes": shown,
        "causes_count": len(causes),
        "causes_more": len(causes) - len(shown),
        "causes_url": address(request, **{**PLACE, "show": show, "causes": "all"}),
        "warnings": warnings,
        "warnings_url": address(request, **{**PLACE, "show": WARNED}),
        "repair_url": f"{repair_url}?{query}" if query else repair_url,
        "has_suggestions": any(line.is_suggested for line in causes),
        "confirm_labels": confirm_labels(
            tally, is_short=seats["is_short"], lost=_lost(upload, tally)
        ),
        "seen": fingerprint(upload),
        "drawn": " ".join(map(str, drawn)),
        "short": kept.get("short", ""),
        "reason_form": ReasonForm(kept or None),
    }


def _figures(tally: UploadCounts, pending: int) -> list[tuple[str, int, str]]:
    """Return the figures with their tones; `pending` users wait for an answer on this page."""
    counts = {each: tally.rows[each] for each in _FIGURES}
    counts[RowOutcome.LEAVE] -= pending
    figures = [
        (str(label), counts[each], TONES[each] if counts[each] else "neutral")
        for each, label in _FIGURES.items()
        if counts[each] or each not in _RARE
    ]
    if pending:
        figures.insert(2, (_("Waiting for your answer"), pending, "info"))
    return figures


def _reading(upload: Upload) -> dict[str, Any]:
    """Return what is said of how the file was read, and in which other ways it could be."""
    reading = upload.reading
    rows, columns = reading.hidden_rows, reading.hidden_columns
    take = ""
    if rows:
        text = ngettext(
            "Include the %(count)s hidden row", "Include the %(count)s hidden rows", rows
        )
        take = text % {"count": figure(rows)}
    elif columns:
        take = ngettext("Include the hidden column", "Include the hidden columns", columns)
    return {
        "notes": reading.notes,
        "sheet": reading.sheet or "",
        "code_page": reading.code_page if upload.file else "",
        "other_sheets": reading.sheets if upload.file else [],
        "take_hidden": take if upload.file else "",
        "takes_hidden": bool(upload.file) and reading.answers.hidden,
    }


def _lost(upload: Upload, tally: UploadCounts) -> int:
    """Return how many rows that Confirm acts upon lack letters, and are taken as they stand."""
    if tally.warnings[LETTER_LOST] <= 0:
        return 0
    warned = upload.rows.filter(warns=True, outcome__in=ACTS)
    return warned.filter(notices__icontains=LETTER_LOST).count()


def outcomes_told(was: str, now: str) -> str:
    """Return in words what would have come of a row, and what will come of it now."""
    return " → ".join(dict.fromkeys(str(RowOutcome(each).label) for each in (was, now)))


def confirm_labels(tally: UploadCounts, *, is_short: bool, lost: int = 0) -> dict[str, str]:
    """Return what Confirm does by each choice about seats; "" alone where there are enough.

    Of the rows `lost` lack letters.
    """
    parts = _parts(tally)
    if lost:
        text = ngettext("%(count)s with lost letters", "%(count)s with lost letters", lost)
        parts.append(text % {"count": figure(lost)})
    what = {"what": ", ".join(parts)}
    if not is_short:
        return {Short.STOP.value: _("Confirm: %(what)s") % what if parts else _("Confirm")}
    return {
        Short.STOP.value: _("Check the seats again: %(what)s only if all fit") % what,
        Short.FIRST.value: _("Confirm: %(what)s, with licenses while seats last") % what,
        Short.WITHOUT.value: _("Confirm: %(what)s, without these licenses") % what,
    }


def planned(tally: UploadCounts) -> str:
    """Return what Confirm would do, in a few words; "" where it would do nothing."""
    return _("Will %(what)s") % {"what": ", ".join(parts)} if (parts := _parts(tally)) else ""


def _parts(tally: UploadCounts) -> list[str]:
    parts = []
    if count := tally.rows[RowOutcome.ADD]:
        text = ngettext("add %(count)s user", "add %(count)s users", count)
        parts.append(text % {"count": figure(count)})
    if count := tally.rows[RowOutcome.CHANGE]:
        text = ngettext("change %(count)s user", "change %(count)s users", count)
        parts.append(text % {"count": figure(count)})
    if count := tally.rows[RowOutcome.RESTORE]:
        text = ngettext("restore %(count)s user", "restore %(count)s users", count)
        parts.append(text % {"count": figure(count)})
    return parts


def _seats(request: PortalRequest, upload: Upload, tally: UploadCounts) -> dict[str, Any]:
    """Return the seats that the rows want, and who can buy those that are missing."""
    wanted = {pk: count for pk, count in tally.seats.items() if count > 0}
    lines = []
    back = reverse("uploads:upload-detail", args=[upload.customer_id, upload.pk])
    for row in upload.customer.subscriptions.current().filter(pk__in=wanted).for_list():
        count = wanted[row.pk]
        buy_url = buy_more_url(row, back, seats=row.taken + count)
        lines.append(SeatLine(row, count, buy_url))
    buying, is_staff = Capability.MANAGE_SUBSCRIPTIONS, bool(request.user.partner_id)
    may_buy = request.user.can(buying)
    return {
        "seats": lines,
        "is_short": any(line.missing for line in lines),
        "may_buy": may_buy,
        "who_buys": "" if may_buy else who_can(buying, staff=is_staff),
    }


def _tabs(request: HttpRequest, tally: UploadCounts, show: str) -> list[Tab]:
    everything = _("All rows (%(count)s)") % {"count": figure(tally.total)}
    tabs = [Tab(everything, address(request, **{**PLACE, "show": "all"}), show not in _TABS)]
    tabs += [
        Tab(
            label % {"count": figure(_count(tally, name))},
            address(request, **{**PLACE, "show": name}),
            show == name,
        )
        for name, label in _TABS.items()
        if _count(tally, name) or show == name
    ]
    return tabs
