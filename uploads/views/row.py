"""One row of an upload, corrected or dropped, and the file of the wrong ones."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from customers.errors import Refused
from customers.query_params import read_number
from customers.requests import PortalRequest
from customers.spreadsheet_files import csv_lines
from customers.views.downloads import attached, name_in_file

from ..models import RowDecision, RowOutcome, UploadRow
from ..services import UploadCounts, decide_row, edit_row, error_rows
from ..spreadsheets import COLUMN_LIMIT
from .confirmation import rows_shown, shown_tab, summary
from .repairing import INCOMPLETE
from .rows import RefusedRow, read_drawn, shown_rows
from .upload_scope import UploadMixin

# So many rows on a page follow the repair of another one, whose user name they had.
FOLLOWING = 100
# After these a row comes back in its place, and what was typed is kept.
KEPT = ("row-changed-meanwhile", "rows-being-checked")


class UploadRowView(UploadMixin):
    """A row repaired: in its place where htmx asks, else the page comes back at the next one."""

    http_method_names = ["post"]

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.number: int = kwargs["number"]
        found = self.upload.rows.filter(number=self.number).first()
        if found is None:
            raise Http404
        self.row = found

    def post(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision, actor = request.POST.get("decision"), self.request.user
        if decision is not None and decision not in RowDecision.values:
            return self.refused(Refused(INCOMPLETE, code="malformed"))
        # A page of the version before says nothing of what it has shown.
        cells, seen = read_cells(request.POST), request.POST.get("seen-row", "")
        try:
            if decision is None:
                row = edit_row(self.upload, self.number, cells, actor=actor, seen=seen)
            else:
                choice = RowDecision(decision)
                row = decide_row(self.upload, self.number, choice, actor=actor, seen=seen)
        except Refused as refusal:
            row_now = self.upload.rows.filter(number=self.number).first()
            if request.htmx and row_now is not None and refusal.code in KEPT:
                back = RefusedRow(self.number, cells, str(refusal))
                return self.in_place(request, row_now, back)
            if request.htmx:
                messages.error(request, str(refusal))
                return HttpResponseClientRefresh()
            return self.refused(refusal)
        if request.htmx:
            return self.in_place(request, row)
        tell = messages.warning if row.outcome == RowOutcome.WRONG else messages.success
        tell(request, _told(row))
        self.upload.refresh_from_db(fields=["counts"])
        show = shown_tab(request, UploadCounts.from_json(self.upload.counts))
        # Where the page shows this row no more, the next one is where the user goes on.
        shown = rows_shown(self.upload, show).filter(number__gte=row.number)
        number = next((each.number for each in shown[:1]), row.number)
        return self.back(f"#row-{number}")

    def in_place(
        self, request: PortalRequest, row: UploadRow, refused: RefusedRow | None = None
    ) -> HttpResponse:
        """Return the row, those with its old or new user name, and what stands around them."""
        self.upload.refresh_from_db(fields=["counts", "reading"])
        names = {row.name_key, self.row.name_key} - {""}
        meant = Q(number=row.number) | Q(name_key__in=names)
        rows = list(self.upload.rows.filter(meant).order_by("number")[:FOLLOWING])
        drawn = read_drawn(request.POST.get("drawn", ""), self.upload.reading.columns)
        context = summary(request, self.upload, request.POST, drawn) | {
            "customer": self.customer,
            "upload": self.upload,
            "rows": shown_rows(request, self.upload, rows, drawn, refused),
            "told": refused.why if refused else _told(row),
        }
        return render(request, "uploads/upload_repaired.html", context)


def _told(row: UploadRow) -> str:
    text = _("Row %(number)s is fixed.")
    if row.outcome == RowOutcome.WRONG:
        text = _("Row %(number)s still has errors.")
    elif row.outcome == RowOutcome.DROP:
        text = _("Row %(number)s is excluded.")
    return text % {"number": row.number}


def read_cells(data: Mapping[str, Any]) -> dict[int, str]:
    """Return what a row's form says of its cells, by place.

    A suggestion that was taken wins over what was typed.
    """
    found: dict[int, str] = {}
    for prefix in ("cell-", "use-"):
        for name, value in data.items():
            place = read_number(name.removeprefix(prefix), largest=COLUMN_LIMIT)
            if name.startswith(prefix) and place is not None:
                found[place] = str(value)
    return found


class UploadErrorsView(UploadMixin):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.upload.reading.columns:
            raise Http404
        lines = csv_lines(error_rows(self.upload))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        stem = slugify(self.upload.file_name.rpartition(".")[0]) or "upload"
        name = f"{stem}-errors-{name_in_file(self.customer)}.csv"
        response.headers["Content-Disposition"] = attached(name)
        return response
