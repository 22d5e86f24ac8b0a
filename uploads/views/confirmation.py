"""The confirmation page of an upload: its rows with what becomes of each, seats, and Confirm."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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

SHOW = {
    "wrong": RowOutcome.WRONG,
    "add": RowOutcome.ADD,
    "change": RowOutcome.CHANGE,
    "restore": RowOutcome.RESTORE,
    "left": RowOutcome.LEAVE,
    "dropped": RowOutcome.DROP,
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


@dataclass(slots=True)
class ShownRow:
    """A row as the page draws it."""

    number: int
    url: str
    tone: str
    outcome: str
    cells: list[Cell]
    problems: list[str]
    notices: list[str]
    is_wrong: bool
    is_dropped: bool
    may_drop: bool
    # A cell has a control: then Enter must find a button that sends what was typed.
    may_edit: bool
    # A deleted person had the name: what can be chosen instead, as (value, label).
    other: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class SeatLine:
    subscription: Subscription
    wanted: int
    available: int
    missing: int
    buy_url: str


def confirmation(request: PortalRequest, upload: Upload, kept: QueryDict) -> dict[str, Any]:
    """What the page of a checked upload shows; `kept` was sent before a proof was asked for."""
    tally, options = UploadCounts.from_json(upload.counts), Options.from_json(upload.options)
    show = request.GET.get("show", "")
    outcome = SHOW.get(show)
    rows = upload.rows.order_by("number")
    if outcome is not None:
        rows = rows.filter(outcome=outcome)
    count = tally.rows[outcome] if outcome is not None else tally.total
    page = _Pages(rows, settings.PAGE_SIZE, count).get_page(request.GET.get("page"))
    return {
        **_seats_of(request, upload, tally),
        **_told(upload),
        "tally": _figures(tally),
        "acts": tally.acts,
        "wrong": tally.rows[RowOutcome.WRONG],
        "tabs": _tabs(request, tally, show),
        "labels": _labels(upload),
        "rows": _lines(request, upload, page.object_list),
        "pager": page_links(request, page) if page.has_other_pages() else None,
        "existing_form": ExistingForm(options=options),
        "has_existing": bool(tally.rows[RowOutcome.LEAVE] or tally.rows[RowOutcome.CHANGE]),
        "has_namesakes": options.restores or _any_gone(upload),
        "confirm_label": confirm_label(tally),
        "seen": fingerprint(upload),
        "short": kept.get("short", ""),
        "reason_form": ReasonForm(kept or None),
    }


def _told(upload: Upload) -> dict[str, Any]:
    """What is to be told of the file, and of what changed since it was confirmed."""
    changed = upload.reading.get("changed", [])
    return {
        "changed": changed,
        "changed_more": upload.reading.get("changed_count", 0) - len(changed),
        "unknown": upload.reading.get("unknown", []),
    }


def _seats_of(request: PortalRequest, upload: Upload, tally: UploadCounts) -> dict[str, Any]:
    actor, seats = request.user, _seats(upload, tally, request.path)
    may_buy = actor.can(Capability.MANAGE_SUBSCRIPTIONS)
    staff = bool(actor.partner_id)
    return {
        "seats": seats,
        "is_short": any(line.missing for line in seats),
        "may_buy": may_buy,
        "who_buys": "" if may_buy else who_can(Capability.MANAGE_SUBSCRIPTIONS, staff=staff),
    }


class _Pages(Paginator):  # type: ignore[type-arg]
    """Their number is known from the tally."""

    def __init__(self, rows: Any, size: int, number: int) -> None:
        super().__init__(rows, size)
        self._number = number

    @cached_property
    def count(self) -> int:
        return self._number


def _any_gone(upload: Upload) -> bool:
    """A row to be added is about somebody who was deleted."""
    return upload.rows.filter(outcome=RowOutcome.ADD, user__isnull=False).exists()


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


def _figures(tally: UploadCounts) -> list[tuple[str, int, str]]:
    """What becomes of how many rows, with the tone of each; zero is told of what matters."""
    labels = {
        RowOutcome.ADD: _("Will be added"),
        RowOutcome.CHANGE: _("Will be changed"),
        RowOutcome.RESTORE: _("Will be restored"),
        RowOutcome.LEAVE: _("Left alone"),
        RowOutcome.WRONG: _("Wrong"),
        RowOutcome.DROP: _("Dropped"),
    }
    rare = (RowOutcome.RESTORE, RowOutcome.DROP)
    return [
        (label, tally.rows[outcome], _TONES[outcome])
        for outcome, label in labels.items()
        if tally.rows[outcome] or outcome not in rare
    ]


def _seats(upload: Upload, tally: UploadCounts, back: str) -> list[SeatLine]:
    wanted = {pk: count for pk, count in tally.seats.items() if count > 0}
    lines = []
    for row in upload.customer.subscriptions.current().filter(pk__in=wanted).for_list():
        free = row.assignable
        missing = max(0, wanted[row.pk] - free)
        buy = buy_more_url(row, back, seats=row.assigned + wanted[row.pk])
        lines.append(SeatLine(row, wanted[row.pk], free, missing, buy))
    return lines


def _tabs(request: HttpRequest, tally: UploadCounts, show: str) -> list[Tab]:
    labels = {
        "wrong": _("Wrong (%(count)s)"),
        "add": _("To be added (%(count)s)"),
        "change": _("To be changed (%(count)s)"),
        "restore": _("To be restored (%(count)s)"),
        "left": _("Left alone (%(count)s)"),
        "dropped": _("Dropped (%(count)s)"),
    }
    everything = _("All rows (%(count)s)") % {"count": figure(tally.total)}
    tabs = [Tab(everything, address(request, show=None, **PLACE), show not in SHOW)]
    tabs += [
        Tab(
            label % {"count": figure(tally.rows[SHOW[name]])},
            address(request, **{**PLACE, "show": name}),
            show == name,
        )
        for name, label in labels.items()
        if tally.rows[SHOW[name]] or show == name
    ]
    return tabs


def _labels(upload: Upload) -> list[str]:
    """Of the columns that are shown: those that mean something."""
    return [_label(column) for column in upload.reading["columns"] if _is_shown(column)]


def _is_shown(column: str) -> bool:
    return column not in ("", "status_update")


def _label(column: str) -> str:
    known = COLUMNS.get(column) or COLUMNS[f"{column}__code"]
    return known.heading


def _lines(request: HttpRequest, upload: Upload, rows: Iterable[UploadRow]) -> list[ShownRow]:
    rows = list(rows)
    proposals = free_names(rows)
    return [_line(request, upload, row, proposals) for row in rows]


def _line(
    request: HttpRequest, upload: Upload, row: UploadRow, proposals: Mapping[int, str]
) -> ShownRow:
    columns = upload.reading["columns"]
    url = reverse("uploads:upload-row", args=[upload.customer_id, upload.pk, row.number])
    query = request.GET.urlencode()
    outcome = RowOutcome(row.outcome)
    cells = [
        _cell(row, at, column, proposals) for at, column in enumerate(columns) if _is_shown(column)
    ]
    others = {"", *(set(_columns_of(row.problems)) - set(columns))}
    return ShownRow(
        number=row.number,
        url=f"{url}?{query}" if query else url,
        tone=_TONES[outcome],
        outcome=str(outcome.label),
        cells=cells,
        problems=[each["text"] for each in row.problems if each["column"] in others],
        notices=[each["text"] for each in row.notices if each["column"] not in columns],
        is_wrong=outcome == RowOutcome.WRONG,
        is_dropped=outcome == RowOutcome.DROP,
        may_drop=outcome not in (RowOutcome.DROP, RowOutcome.LEAVE),
        may_edit=outcome == RowOutcome.WRONG or any(cell.edit for cell in cells),
        other=_other(row),
    )


def _columns_of(found: Iterable[Mapping[str, str]]) -> list[str]:
    return [each["column"] for each in found]


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


def _other(row: UploadRow) -> tuple[str, str] | None:
    if row.user_id is None:
        return None
    if row.outcome == RowOutcome.ADD:
        return RowDecision.RESTORE.value, str(RowDecision.RESTORE.label)
    if row.outcome == RowOutcome.RESTORE:
        return RowDecision.NEW.value, str(RowDecision.NEW.label)
    return None
