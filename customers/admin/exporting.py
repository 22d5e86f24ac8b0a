"""Lists that leave the admin as files: no cell is a formula, and the log says who took them."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin
from import_export.formats.base_formats import CSV, XLSX, TablibFormat
from import_export.forms import ExportForm
from import_export.resources import ModelResource

from ..actions import Action
from ..services import audit
from ..spreadsheet_files import csv_lines, safe_cell, xlsx_file
from .base import actor

ROW_LIMIT = 100_000


class SafeCSV(CSV):
    def get_title(self) -> str:
        return "csv"

    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        rows = [dataset.headers, *dataset]
        return "".join(csv_lines(([str(cell) for cell in row] for row in rows), safe_cell))


class SafeXLSX(XLSX):
    """A workbook whose cells are all text: tablib would write what begins with = as a formula."""

    def get_title(self) -> str:
        return "xlsx"

    def export_data(self, dataset: Any, **kwargs: Any) -> bytes:
        rows = [dataset.headers, *dataset]
        with xlsx_file([str(cell) for cell in row] for row in rows) as file:
            return file.read()


class ExportAdmin(ExportMixin):
    """A mixin that gives a list **Export**, of what the list's filters and search leave.

    `resource_classes` name the columns. To see the rows is enough to take them along.
    """

    export_form_class = ExportForm
    to_encoding = "utf-8"
    resource_classes: Sequence[type[ModelResource]]

    def get_export_formats(self) -> list[type[TablibFormat]]:
        return [SafeCSV, SafeXLSX]

    def get_valid_export_item_pks(self, request: HttpRequest) -> list[int]:
        """Return no keys: the list's filters choose the rows. Else all keys would be read."""
        return []

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def get_export_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows that the address asks for. Raise Http404 for an unknown filter."""
        try:
            rows: models.QuerySet[Any] = super().get_export_queryset(request)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            raise Http404 from None
        return rows

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: models.QuerySet[Any], **kwargs: Any
    ) -> Any:
        if not self.has_export_permission(request):
            raise PermissionDenied
        rows = queryset.count()
        if rows > ROW_LIMIT:
            # The page shows it, as it does every ValueError.
            raise ValueError(_("Narrow the list down first: a file holds up to 100,000 rows."))
        data = super().get_export_data(file_format, request, queryset, **kwargs)
        facts = {"list": queryset.model._meta.label_lower, "rows": rows}
        audit.record(
            [audit.Entry(Action.LIST_EXPORTED, actor(request), facts)], actor=actor(request)
        )
        return data
