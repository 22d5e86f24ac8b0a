"""What waits for a reviewer, and the page on which they answer: a link, after sign-in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from accounts.models import User
from accounts.views.user_rows import State, sign_in_state
from customers.errors import Refused
from customers.formats import NOTHING_TO_CHANGE, figure
from customers.invisible import visible
from customers.query_params import read_id
from customers.tenancy import RoleMixin
from customers.views.lists import page_links
from licensing.models import LicenseAssignment

from ...models import Answer, Review, ReviewItem
from ...models.reviews import WORD_LENGTH
from ...queries.reviews import items_of, reviews_of, waiting_for
from ...services.reviews import Given, give_answers
from ...services.reviews.taking import why_over
from .base import outcome_points, state_of, subject_text

ROWS = 25


class MyReviewsView(RoleMixin, TemplateView):
    """The open reviews that wait for answers of the user who looks."""

    template_name = "automation/my_reviews.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [(row, subject_text(row.review)) for row in waiting_for(self.request.user)]
        return super().get_context_data(**kwargs) | {"rows": rows}


@dataclass(frozen=True, slots=True)
class Question:
    """A user whom a reviewer is asked about, with what helps to answer."""

    item: ReviewItem
    user: User | None
    answer: str
    word: str
    roles: Sequence[str]
    licenses: Sequence[str]
    sign_in: State | None
    problem: str = ""


class ReviewAnswerView(RoleMixin, TemplateView):
    """Keep or Remove for each user that this reviewer was asked about; no other is shown."""

    template_name = "automation/review_answer.html"
    review: Review
    problems: Mapping[int, str]

    def scope(self, **kwargs: Any) -> None:
        own = reviews_of(self.request.user)
        related = own.select_related("customer__partner", "by", "subscription__product")
        self.review = get_object_or_404(related, pk=kwargs["review"])
        self.problems = {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        given = self.given()
        if self.problems:
            return self.render_to_response(self.get_context_data())
        keep_rest = request.POST.get("do") == "rest"
        try:
            count = give_answers(self.review, given, actor=self.request.user, keep_rest=keep_rest)
        except Refused as refusal:
            # If the review is over, the page itself says why.
            over = refusal.code == "review-over"
            messages.error(request, _("Your answers were not saved.") if over else str(refusal))
        else:
            self.say(count)
        return redirect(request.get_full_path())

    def say(self, count: int) -> None:
        if count:
            text = ngettext("%(count)s answer saved.", "%(count)s answers saved.", count)
            messages.success(self.request, text % {"count": figure(count)})
        else:
            messages.info(self.request, str(NOTHING_TO_CHANGE))

    def given(self) -> dict[int, Given]:
        """Return what was answered otherwise than the page had shown it.

        So nobody takes back, unseen, what another reviewer has answered since.
        """
        sent, found = self.request.POST, {}
        shown = [pk for text in sent.getlist("item") if (pk := read_id(text)) is not None]
        own = items_of(self.request.user, self.review).filter(pk__in=shown)
        if set(own.values_list("pk", flat=True)) != set(shown):
            raise Http404
        problems = {}
        for pk in shown:
            answer, word = sent.get(f"answer-{pk}", ""), self.word(pk)
            if (answer, word) == (sent.get(f"was-{pk}", ""), sent.get(f"was-word-{pk}", "")):
                continue
            if answer not in Answer.values:
                problems[pk] = _("Choose Keep or Remove.")
            elif len(word) > WORD_LENGTH:
                problems[pk] = _("Shorten the reason to 255 characters or fewer.")
            else:
                found[pk] = Given(Answer(answer), word)
        self.problems = problems
        return found

    def word(self, pk: int) -> str:
        return visible(self.request.POST.get(f"word-{pk}", ""))[0].strip()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = items_of(self.request.user, self.review)
        items = own.select_related("answered_by").order_by("user__sort_name", "pk")
        page = Paginator(items, ROWS).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs) | {
            "review": self.review,
            "customer_name": self.review.customer.name,
            "subject": subject_text(self.review),
            "state": state_of(self.review),
            "over": why_over(self.review, timezone.now()),
            "points": outcome_points(self.review),
            "asked": page.paginator.count,
            "unanswered": own.filter(answer="").count(),
            "questions": self.questions(page),
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "word_length": WORD_LENGTH,
            "has_problems": bool(self.problems),
        }

    def questions(self, page: "Page[ReviewItem]") -> list[Question]:
        """Return the rows of the page: one query for its users, and one for their licenses."""
        items = list(page.object_list)
        ids = [item.user_id for item in items if item.user_id]
        users = {user.pk: user for user in User.objects.with_roles().filter(pk__among=ids)}
        held = LicenseAssignment.objects.live().filter(user__in=ids)
        products = held.product_names(self.review.customer) if ids else {}
        questions = []
        for item in items:
            user = users.get(item.user_id or 0)
            problem = self.problems.get(item.pk, "")
            sent = self.request.POST if self.problems else {}
            questions.append(
                Question(
                    item,
                    user,
                    sent.get(f"answer-{item.pk}", item.answer),
                    self.word(item.pk) if self.problems else item.word,
                    user.permission_labels() if user and user.is_administrator else [],
                    products.get(item.user_id or 0, []),
                    sign_in_state(user) if user and not user.deleted_at else None,
                    problem,
                )
            )
        return questions
