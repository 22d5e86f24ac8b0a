"""What is done to a review that is open, each on a page that asks once more."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.signin.reauthentication import ProofMixin
from customers.errors import Refused
from customers.formats import NOTHING_TO_CHANGE, figure, name_of
from customers.forms.fields import say_at_field
from customers.roles import who_can

from ...forms.reviews import AnotherReviewerForm, LastDayForm
from ...queries.reviews import capability_of, possible_reviewers
from ...services.reviews import ask_another, cancel_review, carry_out, end_review, move_review
from ...services.reviews.changing import over_text
from ...services.reviews.ending import ALL_DONE, unfinished
from ...services.reviews.taking import may_manage
from .base import ReviewMixin, outcome_points


class ManagedMixin(ReviewMixin):
    """A page of those who may manage the review."""

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        if not may_manage(self.review, self.actor):
            staff = self.actor.partner_id is not None
            raise PermissionDenied(str(who_can(capability_of(self.review.subject), staff=staff)))


class OpenMixin(ManagedMixin):
    """A page about a review that is open; one that has ended or was canceled says so."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.review.is_open:
            messages.info(request, over_text(self.review))
            return self.to_review()
        return self.ask()

    def ask(self) -> HttpResponse:
        return self.page()


class GraveMixin(OpenMixin):
    """A page by which a review ends sooner: it asks for a proof as its start does."""

    def needs_proof(self) -> bool:
        return self.review.is_open and self.review.is_grave


class ReviewMoveView(GraveMixin, ProofMixin):
    template_name = "automation/review_move.html"

    def ask(self) -> HttpResponse:
        form = LastDayForm(self.kept or None, initial={"on": self.review.on})
        return self.page(form=form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LastDayForm(request.POST)
        if not form.is_valid():
            return self.page(form=form)
        on = form.cleaned_data["on"]
        try:
            moved = move_review(self.review, on, actor=self.actor)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.page(form=form)
        if moved:
            text = _("The review is now open until %(day)s.")
            messages.success(request, text % {"day": date_format(on, "DATE_FORMAT")})
        else:
            messages.info(request, str(NOTHING_TO_CHANGE))
        return self.to_review()


class ReviewAskView(OpenMixin):
    """One more reviewer for all users without an answer."""

    template_name = "automation/review_ask.html"

    def form(self, *args: Any) -> AnotherReviewerForm:
        return AnotherReviewerForm(*args, possible=possible_reviewers(self.customer, self.actor))

    def ask(self) -> HttpResponse:
        return self.page(form=self.form(), progress=self.progress)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form=form, progress=self.progress)
        reviewer = form.cleaned_data["reviewer"]
        try:
            count = ask_another(self.review, reviewer.pk, actor=self.actor)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.page(form=form, progress=self.progress)
        if count:
            text = ngettext(
                "%(name)s was asked about %(count)s user.",
                "%(name)s was asked about %(count)s users.",
                count,
            )
            name = {"name": reviewer.display_name, "count": figure(count)}
            messages.success(request, text % name)
        else:
            text = _("%(name)s was asked about all of them before.")
            messages.info(request, text % {"name": reviewer.display_name})
        return self.to_review()


class ConfirmMixin(ManagedMixin):
    """A page that confirms with sentences by GET, and acts by POST."""

    template_name = "automation/review_confirm.html"
    tone = "danger"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"action": self.label(), "tone": self.tone, "points": self.points()}
        return super().get_context_data(**kwargs) | words

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except Refused as refusal:
            messages.error(request, str(refusal))
        return self.to_review()

    def label(self) -> str:
        """Return the words of the button, and of the heading."""
        raise NotImplementedError

    def points(self) -> list[str]:
        raise NotImplementedError

    def act(self) -> str:
        """Do it, and return what was done."""
        raise NotImplementedError


class ReviewEndView(ConfirmMixin, GraveMixin, ProofMixin):
    def label(self) -> str:
        return _("End now")

    def points(self) -> list[str]:
        left = self.progress.unanswered
        text = ngettext(
            "%(count)s user has no answer yet.", "%(count)s users have no answer yet.", left
        )
        sentences = [text % {"count": figure(left)}] if left else []
        starter = name_of(self.review.by)
        name = _("It is done in the name of %(name)s, who started the review, and can be undone.")
        return [*sentences, *outcome_points(self.review), name % {"name": starter}]

    def act(self) -> str:
        end_review(self.review, actor=self.actor)
        return _("The review has ended.")


class ReviewCancelView(ConfirmMixin, OpenMixin):
    def label(self) -> str:
        return _("Cancel review")

    def points(self) -> list[str]:
        return [
            _("Nothing is done to its users."),
            _("The answers given so far stay here to be read, and can be downloaded."),
            _("A canceled review can't be opened again."),
        ]

    def act(self) -> str:
        cancel_review(self.review, actor=self.actor)
        return _("The review was canceled.")


class ReviewCarryOutView(ConfirmMixin, ProofMixin):
    """What could not be done in the name of who started the review, in one's own name."""

    def needs_proof(self) -> bool:
        return self.review.is_grave

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.review.is_open or not unfinished(self.review).exists():
            messages.info(request, str(ALL_DONE))
            return self.to_review()
        return self.page()

    def label(self) -> str:
        return _("Do it in my name")

    def points(self) -> list[str]:
        count = unfinished(self.review).count()
        text = ngettext(
            "For %(count)s user nothing was done: the one who started the review may no longer"
            " do it.",
            "For %(count)s users nothing was done: the one who started the review may no longer"
            " do it.",
            count,
        )
        again = _("It is tried again in your name, by your role, and can be undone.")
        return [text % {"count": figure(count)}, again]

    def act(self) -> str:
        count = carry_out(self.review, actor=self.actor)
        text = ngettext("Started for %(count)s user.", "Started for %(count)s users.", count)
        return text % {"count": figure(count)}
