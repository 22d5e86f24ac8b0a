"""The access reviews of a customer."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from accounts.views.user_rows import State
from customers.views.lists import page_links

from ...models import Review
from ...queries.reviews import Progress, progress_of
from .base import ReviewsMixin, state_of, subject_text, visible_reviews

ROWS = 50


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review of the list."""

    review: Review
    subject: str
    state: State
    progress: Progress
    by: str


class ReviewListView(ReviewsMixin):
    template_name = "automation/review_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = Paginator(visible_reviews(self.customer, self.actor), ROWS)
        page = found.get_page(self.request.GET.get("page"))
        reviews = list(page.object_list)
        progress = progress_of(reviews)
        rows = [
            ReviewRow(
                review,
                subject_text(review),
                state_of(review),
                progress[review.pk],
                review.by.display_name if review.by else _("A former user"),
            )
            for review in reviews
        ]
        pager = page_links(self.request, page) if page.has_other_pages() else None
        return super().get_context_data(**kwargs) | {"rows": rows, "pager": pager}
