"""The confirmation page of an upload: its rows with their outcomes, seats, and Confirm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.columns import COLUMNS
from accounts.views.licenses import buy_more_url
from accounts.views.tabs import Tab
from customers.formats import figure
from customers.forms.reason import ReasonForm
from customers.requests import PortalRequest
from customers.roles import Capability, who_can
from customers.views.lists import PLACE, address, page_links
from licensing.models import Subscription

from ..forms import ExistingForm
from ..models import RowDecision, RowOutcome, Upload, UploadRow
from ..services import Options, UploadCounts, fingerprint, free_names
from .assigning import to_assign

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
_TONES = {
    RowOutcome.ADD: "success",
    RowOutcome.CHANGE: "info",
    RowOutcome.RESTORE: "info",
    RowOutcome.LEAVE: "neutral",
    RowOutcome.DROP: "neutral",
    RowOutcome.WRONG: "danger",
}


@dataclass(slots=True)
class Cell:
    """A cell of a row; `edit` is the name of its control where it is wrong."""

    label: str
    text: str
    edit: str = ""
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    # A value that would be right, and the name that its button sends it under.
    suggestion: str = ""
    use: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page draws it; its problems and notices are those of no cell that is shown."""

    row: UploadRow
    url: str
    cells: list[Cell]
    problems: list[str]
    notices: list[str]

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def outcome(self) -> RowOutcome:
        return RowOutcome(self.row.outcome)

    @property
    def tone(self) -> str:
        return _TONES[self.outcome]

    @property
    def is_wrong(self) -> bool:
        return self.outcome == RowOutcome.WRONG

    @property
    def is_dropped(self) -> bool:
        return self.outcome == RowOutcome.DROP

    @property
    def may_drop(self) -> bool:
        return self.outcome not in (RowOutcome.DROP, RowOutcome.LEAVE)

    @property
    def may_edit(self) -> bool:
        """Whether a cell has a control: then Enter must find a button that sends what was typed."""
        return self.is_wrong or any(cell.edit for cell in self.cells)

    @property
    def other(self) -> RowDecision | None:
        """What can be chosen instead where a deleted user had the user name."""
        if self.row.user_id is None:
            return None
        instead = {RowOutcome.ADD: RowDecision.RESTORE, RowOutcome.RESTORE: RowDecision.NEW}
        return instead.get(self.outcome)


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
    show = request.GET.get("show", "")
    outcome = SHOW.get(show)
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
        **_seats(request, upload, tally),
        **_reading(upload),
        "changed": changed,
        "changed_more": upload.reading.get("changed_count", 0) - len(changed),
        "unknown": upload.reading.get("unknown", []),
        "tally": [
            (label, tally.rows[each], _TONES[each])
            for each, label in _FIGURES.items()
            if tally.rows[each] or each not in _RARE
        ],
        "acts": tally.acts,
        "wrong": tally.rows[RowOutcome.WRONG],
        "tabs": _tabs(request, tally, show),
        "labels": [_label(column) for column in upload.reading["columns"] if _is_shown(column)],
        "rows": _rows(request, upload, list(page.object_list)),
        "pager": page_links(request, page) if page.has_other_pages() else None,
        "to_assign": to_assign(upload),
        "existing_form": ExistingForm(options=options),
        "has_existing": bool(tally.rows[RowOutcome.LEAVE] or tally.rows[RowOutcome.CHANGE]),
        "has_namesakes": options.restores or deleted_before.exists(),
        "confirm_label": confirm_label(tally),
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
        "other_sheets": reading.get("sheets", []) if upload.file else [],
        "take_hidden": take if upload.file else "",
        "takes_hidden": bool(upload.file) and reading.get("answers", {}).get("hidden", False),
    }


def confirm_label(tally: UploadCounts) -> str:
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
    return _("Confirm: %(what)s") % {"what": ", ".join(parts)} if parts else _("Confirm")


def _seats(request: PortalRequest, upload: Upload, tally: UploadCounts) -> dict[str, Any]:
    """Return the seats that the rows want, and who can buy those that are missing."""
    wanted = {pk: count for pk, count in tally.seats.items() if count > 0}
    lines = []
    for row in upload.customer.subscriptions.current().filter(pk__in=wanted).for_list():
        count = wanted[row.pk]
        buy_url = buy_more_url(row, request.path, seats=row.assigned + count)
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
    tabs = [Tab(everything, address(request, show=None, **PLACE), show not in SHOW)]
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


def _rows(request: HttpRequest, upload: Upload, rows: Sequence[UploadRow]) -> list[ShownRow]:
    columns: list[str] = upload.reading["columns"]
    # A problem of the whole row names no column, and neither does a column that is ignored.
    known = set(columns) - {""}
    query = request.GET.urlencode()
    proposals = free_names(rows)
    shown = []
    for row in rows:
        url = reverse("uploads:upload-row", args=[upload.customer_id, upload.pk, row.number])
        shown.append(
            ShownRow(
                row,
                f"{url}?{query}" if query else url,
                cells=[
                    _cell(row, at, column, proposals)
                    for at, column in enumerate(columns)
                    if _is_shown(column)
                ],
                problems=[each["text"] for each in row.problems if each["column"] not in known],
                notices=[each["text"] for each in row.notices if each["column"] not in columns],
            )
        )
    return shown


def _is_shown(column: str) -> bool:
    return column not in ("", "status_update")


def _label(column: str) -> str:
    known = COLUMNS.get(column) or COLUMNS[f"{column}__code"]
    return known.heading


def _cell(row: UploadRow, at: int, column: str, proposals: Mapping[int, str]) -> Cell:
    wrong = [each for each in row.problems if each["column"] == column]
    noted = [each for each in row.notices if each["column"] == column]
    suggestion = next((each["suggestion"] for each in wrong if each["suggestion"]), "")
    if column == "user_name" and not suggestion:
        suggestion = proposals.get(row.number, "")
    can_edit = bool(wrong or suggestion)
    return Cell(
        label=_label(column),
        text=row.cells[at] if at < len(row.cells) else "",
        edit=f"cell-{at}" if can_edit else "",
        problems=[each["text"] for each in wrong],
        notices=[each["text"] for each in noted],
        suggestion=suggestion,
        use=f"use-{at}" if suggestion else "",
    )
