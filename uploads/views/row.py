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

from ..models import RowDecision, RowOutcome, UploadRow
from ..services import UploadCounts, decide_row, edit_row, error_rows
from ..spreadsheets import COLUMN_LIMIT
from .confirmation import shown_tab, summary
from .repairing import incomplete
from .rows import shown_rows
from .upload_scope import UploadMixin

# So many rows on a page follow the repair of another one, whose user name they had.
FOLLOWING = 100


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
            return self.refused(Refused(incomplete(), code="malformed"))
        try:
            if decision is None:
                row = edit_row(self.upload, self.number, read_cells(request.POST), actor=actor)
            else:
                row = decide_row(self.upload, self.number, RowDecision(decision), actor=actor)
        except Refused as refusal:
            if request.htmx:
                messages.error(request, str(refusal))
                return HttpResponseClientRefresh()
            return self.refused(refusal)
        if request.htmx:
            return self.in_place(request, row)
        tell = messages.warning if row.outcome == RowOutcome.WRONG else messages.success
        tell(request, _told(row))
        return self.back(f"#row-{self._number_to_see(row)}")

    def in_place(self, request: PortalRequest, row: UploadRow) -> HttpResponse:
        """Return the row, those with its old or new user name, and what stands around them."""
        self.upload.refresh_from_db(fields=["counts", "reading"])
        names = {row.name_key, self.row.name_key} - {""}
        meant = Q(number=row.number) | Q(name_key__in=names)
        rows = list(self.upload.rows.filter(meant).order_by("number")[:FOLLOWING])
        context = summary(request, self.upload, request.POST) | {
            "customer": self.customer,
            "upload": self.upload,
            "rows": shown_rows(request, self.upload, rows),
            "told": _told(row),
        }
        return render(request, "uploads/upload_repaired.html", context)

    def _number_to_see(self, row: UploadRow) -> int:
        """Return the row's number, or the next one's where the page shows this row no more."""
        self.upload.refresh_from_db(fields=["counts"])
        tally = UploadCounts.from_json(self.upload.counts)
        if row.outcome == RowOutcome.WRONG or shown_tab(self.request, tally) != "wrong":
            return row.number
        wrong = self.upload.rows.filter(outcome=RowOutcome.WRONG).order_by("number")
        after = wrong.filter(number__gt=row.number).first()
        return after.number if after else row.number


def _told(row: UploadRow) -> str:
    text = _("Row %(number)s is fixed.")
    if row.outcome == RowOutcome.WRONG:
        text = _("Row %(number)s is still wrong.")
    elif row.outcome == RowOutcome.DROP:
        text = _("Row %(number)s is dropped.")
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
        if "columns" not in self.upload.reading:
            raise Http404
        lines = csv_lines(error_rows(self.upload))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        stem = slugify(self.upload.file_name.rpartition(".")[0]) or "upload"
        response.headers["Content-Disposition"] = f'attachment; filename="{stem}-errors.csv"'
        return response
