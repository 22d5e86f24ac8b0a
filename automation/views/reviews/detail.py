"""A review as who looks after it sees it: how far it is, who was asked, and what came of it."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from accounts.views.batches.base import undo_url
from accounts.views.batches.lists import state_of as state_of_batch
from accounts.views.export import CSV, XLSX
from accounts.views.tabs import Tab
from customers.formats import figure
from customers.models import Batch
from customers.views.lists import address, page_links

from ...models import Answer, ReviewState
from ...queries.review_results import in_order, result_lines
from ...queries.reviews import items_of, reviewer_lines
from ...queries.schedules import is_running
from ...services.reviews.ending import unfinished
from .base import ReviewMixin, outcome_points, subject_text

ROWS = 50
# By the value in the address; "" shows all.
PARTS = {
    "": Q(),
    "keep": Q(answer=Answer.KEEP),
    "remove": Q(answer=Answer.REMOVE),
    "none": Q(answer=""),
}


class ReviewDetailView(ReviewMixin, View):
    template_name = "automation/review_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        part = self.request.GET.get("answer", "")
        items = in_order(self.review).filter(PARTS.get(part, Q()))
        page = Paginator(items, ROWS).get_page(self.request.GET.get("page"))
        ended = self.review.state == ReviewState.ENDED
        found = Batch.objects.for_list().filter(pk__in=self.review.items.values("batch"))
        # Read before the rows: the page asks again for as long as it shows one that is at work.
        batches = list(found.order_by("pk")) if ended else []
        export = reverse("automation:review-export", args=[self.customer.pk, self.review.pk])
        return super().get_context_data(**kwargs) | {
            "subject": subject_text(self.review),
            "progress": self.progress,
            "points": outcome_points(self.review),
            "reviewers": reviewer_lines(self.review),
            "may_answer": self.review.is_open and items_of(self.actor, self.review).exists(),
            "rows": result_lines(self.review, page.object_list),
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "tabs": self.tabs(part),
            "batches": [(batch, state_of_batch(batch)) for batch in batches],
            "may_undo": all(undo_url(batch, self.actor) for batch in batches),
            "works": any(is_running(batch) for batch in batches),
            "unfinished": unfinished(self.review).count() if ended else 0,
            "export_urls": {kind: f"{export}?format={kind}" for kind in (CSV, XLSX)},
        }

    def tabs(self, part: str) -> list[Tab]:
        progress = self.progress
        counts = {
            "": (_("All"), progress.users),
            "keep": (_("Keep"), progress.kept),
            "remove": (_("Remove"), progress.removed),
            "none": (_("No answer"), progress.unanswered),
        }
        return [
            Tab(
                f"{label} ({figure(count)})",
                address(self.request, answer=name, page=None),
                part == name,
            )
            for name, (label, count) in counts.items()
        ]
