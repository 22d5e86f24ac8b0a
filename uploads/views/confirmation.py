"""The confirmation page of an upload: its rows with their outcomes, seats, and Confirm."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
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
from ..forms import ExistingForm
from ..models import RowOutcome, Upload
from ..services import Options, Short, UploadCounts, fingerprint
from .assigning import to_assign
from .causes import cause_lines
from .columns import columns_shown
from .rows import TONES, is_shown, shown_rows

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
    RowOutcome.LEAVE: gettext_lazy("Left alone"),
    RowOutcome.WRONG: gettext_lazy("Wrong"),
    RowOutcome.DROP: gettext_lazy("Dropped"),
}
# Of these a zero is left out.
_RARE = (RowOutcome.RESTORE, RowOutcome.DROP)
_TABS = {
    "wrong": gettext_lazy("Wrong (%(count)s)"),
    "add": gettext_lazy("To be added (%(count)s)"),
    "change": gettext_lazy("To be changed (%(count)s)"),
    "restore": gettext_lazy("To be restored (%(count)s)"),
    "left": gettext_lazy("Left alone (%(count)s)"),
    "dropped": gettext_lazy("Dropped (%(count)s)"),
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
    outcome = SHOW.get(shown_tab(request, tally))
    rows = upload.rows.order_by("number")
    if outcome is not None:
        rows = rows.filter(outcome=outcome)
    pages = Paginator(rows, settings.PAGE_SIZE)
    # Counted already: no query has to.
    pages.count = tally.rows[outcome] if outcome is not None else tally.total
    page = pages.get_page(request.GET.get("page"))
    deleted_before = upload.rows.filter(outcome=RowOutcome.ADD, user__isnull=False)
    changed = upload.reading.get("changed", [])
    return {
        **summary(request, upload, kept),
        **_reading(upload),
        **columns_shown(upload),
        "changed": changed,
        "changed_more": upload.reading.get("changed_count", 0) - len(changed),
        "unknown": upload.reading.get("unknown", []),
        "labels": [label_of(column) for column in upload.reading["columns"] if is_shown(column)],
        "rows": shown_rows(request, upload, list(page.object_list)),
        "pager": page_links(request, page) if page.has_other_pages() else None,
        "to_assign": to_assign(upload),
        "existing_form": ExistingForm(options=options),
        "has_existing": bool(tally.rows[RowOutcome.LEAVE] or tally.rows[RowOutcome.CHANGE]),
        "has_namesakes": options.restores or deleted_before.exists(),
    }


def shown_tab(request: HttpRequest, tally: UploadCounts) -> str:
    """Return whose rows are shown: the wrong ones first, as long as there are any."""
    show = request.GET.get("show", "")
    if not tally.rows[RowOutcome.WRONG]:
        return "" if show == "wrong" else show
    return show or "wrong"


def summary(request: PortalRequest, upload: Upload, kept: QueryDict) -> dict[str, Any]:
    """Return what stands around the rows and follows each repair: figures, causes, Confirm."""
    tally = UploadCounts.from_json(upload.counts)
    show = shown_tab(request, tally)
    causes = cause_lines(upload, tally) if show == "wrong" else []
    seats = _seats(request, upload, tally)
    return {
        **seats,
        "tally": [
            (label, tally.rows[each], TONES[each])
            for each, label in _FIGURES.items()
            if tally.rows[each] or each not in _RARE
        ],
        "acts": tally.acts,
        "wrong": tally.rows[RowOutcome.WRONG],
        "tabs": _tabs(request, tally, show),
        "causes": causes,
        "has_suggestions": any(line.is_suggested for line in causes),
        "confirm_labels": confirm_labels(tally, is_short=seats["is_short"]),
        "seen": fingerprint(upload),
        "short": kept.get("short", ""),
        "reason_form": ReasonForm(kept or None),
    }


def _reading(upload: Upload) -> dict[str, Any]:
    """Return what is said of how the file was read, and in which other ways it could be."""
    reading = upload.reading
    rows, columns = reading.get("hidden_rows", 0), reading.get("hidden_columns", 0)
    take = ""
    if rows:
        text = ngettext(
            "Take the %(count)s hidden row too", "Take the %(count)s hidden rows too", rows
        )
        take = text % {"count": figure(rows)}
    elif columns:
        take = ngettext("Take the hidden column too", "Take the hidden columns too", columns)
    return {
        "notes": reading.get("notes", []),
        "sheet": reading.get("sheet", ""),
        "code_page": reading.get("code_page", "") if upload.file else "",
        "other_sheets": reading.get("sheets", []) if upload.file else [],
        "take_hidden": take if upload.file else "",
        "takes_hidden": bool(upload.file) and reading.get("answers", {}).get("hidden", False),
    }


def confirm_labels(tally: UploadCounts, *, is_short: bool) -> dict[str, str]:
    """Return what Confirm does by each choice about seats; "" alone where there are enough."""
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
    what = {"what": ", ".join(parts)}
    if not is_short:
        return {Short.STOP.value: _("Confirm: %(what)s") % what if parts else _("Confirm")}
    return {
        Short.STOP.value: _("Check the seats again: %(what)s only if all fit") % what,
        Short.FIRST.value: _("Confirm: %(what)s, with licenses while seats last") % what,
        Short.WITHOUT.value: _("Confirm: %(what)s, without the licenses that run short") % what,
    }


def _seats(request: PortalRequest, upload: Upload, tally: UploadCounts) -> dict[str, Any]:
    """Return the seats that the rows want, and who can buy those that are missing."""
    wanted = {pk: count for pk, count in tally.seats.items() if count > 0}
    lines = []
    back = reverse("uploads:upload-detail", args=[upload.customer_id, upload.pk])
    for row in upload.customer.subscriptions.current().filter(pk__in=wanted).for_list():
        count = wanted[row.pk]
        buy_url = buy_more_url(row, back, seats=row.assigned + count)
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
    tabs = [Tab(everything, address(request, **{**PLACE, "show": "all"}), show not in SHOW)]
    tabs += [
        Tab(
            label % {"count": figure(tally.rows[SHOW[name]])},
            address(request, **{**PLACE, "show": name}),
            show == name,
        )
        for name, label in _TABS.items()
        if tally.rows[SHOW[name]] or show == name
    ]
    return tabs
