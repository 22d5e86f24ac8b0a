"""One row of an upload, corrected or dropped, and the file of the wrong ones."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.query_params import read_number
from customers.spreadsheet_files import csv_lines

from ..models import RowDecision, RowOutcome
from ..services import decide_row, edit_row, error_rows
from ..spreadsheets import COLUMN_LIMIT
from .upload_scope import UploadMixin


class UploadRowView(UploadMixin):
    http_method_names = ["post"]

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.number: int = kwargs["number"]
        if not self.upload.rows.filter(number=self.number).exists():
            raise Http404

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        decision, actor = request.POST.get("decision"), self.request.user
        if decision is not None and decision not in RowDecision.values:
            incomplete = _("This page came back incomplete. Load it again.")
            return self.refused(Refused(incomplete, code="malformed"))
        try:
            if decision is None:
                row = edit_row(self.upload, self.number, read_cells(request.POST), actor=actor)
            else:
                row = decide_row(self.upload, self.number, RowDecision(decision), actor=actor)
        except Refused as refusal:
            return self.refused(refusal)
        text = {"number": self.number}
        if row.outcome == RowOutcome.WRONG:
            messages.warning(request, _("Row %(number)s is still wrong.") % text)
        elif row.outcome == RowOutcome.DROP:
            messages.success(request, _("Row %(number)s is dropped.") % text)
        else:
            messages.success(request, _("Row %(number)s is right now.") % text)
        return self.back(f"#row-{self.number}")


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
