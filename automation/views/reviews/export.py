"""A review as a file for an auditor: who was asked about whom, what was answered, what was done."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.views.export import CSV, XLSX, XLSX_TYPE
from customers.formats import exact
from customers.log.history import field_label
from customers.services.exports import record_export
from customers.spreadsheet_files import safe_cell, xlsx_file
from customers.views.downloads import csv_download, file_name

from ...models import Review, ReviewItem
from ...models.reviews import LAST_DAY
from ...queries.review_results import ResultLine, in_order, result_lines
from .base import ReviewMixin, state_of, subject_text


class ReviewExportView(ReviewMixin, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        kind = request.GET.get("format", CSV)
        if kind not in (CSV, XLSX):
            raise Http404
        lines = result_lines(self.review, in_order(self.review))
        record_export(
            ReviewItem._meta.label_lower,
            len(lines),
            kind,
            actor=self.actor,
            customer=self.customer,
        )
        rows = cells(self.review, lines)
        name = file_name(f"review-{self.review.pk}", self.customer, ending=kind)
        if kind == XLSX:
            return FileResponse(
                xlsx_file(rows), as_attachment=True, filename=name, content_type=XLSX_TYPE
            )
        return csv_download(rows, name, safe_cell)


def cells(review: Review, lines: Sequence[ResultLine]) -> Iterator[list[str]]:
    """Yield the headings, and the cells of each user of the review."""
    yield [
        _("Review"),
        _("State"),
        field_label("subject"),
        _("Started by"),
        _("Started"),
        str(LAST_DAY),
        _("Ended"),
        _("Display name"),
        _("User name"),
        _("Reviewers"),
        _("Answer"),
        _("Answered by"),
        _("Answered"),
        _("Reason"),
        _("Outcome"),
        _("Why"),
        _("Batch"),
    ]
    same = [
        review.name,
        state_of(review).label,
        subject_text(review),
        review.by.display_name if review.by else "",
        exact(review.created_at),
        review.on.isoformat(),
        exact(review.ended_at) if review.ended_at else "",
    ]
    for line in lines:
        item = line.item
        yield [
            *same,
            line.name,
            line.user_name,
            "; ".join(line.reviewers),
            line.answer,
            item.answered_by.display_name if item.answered_by else "",
            exact(item.answered_at) if item.answered_at else "",
            item.word,
            line.outcome,
            line.why,
            str(item.batch_id or ""),
        ]
