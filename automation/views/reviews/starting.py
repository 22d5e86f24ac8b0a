"""Starting a review: whom and what it is about first, which stands in the address; then by whom."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Selection, User
from accounts.queries.bulk_preview import foresee, todo_of
from accounts.queries.selections import selected_ids
from accounts.services.selections import over_message
from accounts.signin.reauthentication import ProofMixin
from accounts.views.bulk import left_out
from customers.errors import AlreadyDone, Refused
from customers.forms.fields import say_at_field
from customers.query_params import is_key, read_id
from customers.services.batches import new_key
from licensing.models import Subscription

from ...forms.reviews import (
    ADMINISTRATORS,
    EACH,
    PickForm,
    ReviewForm,
    first_values,
    reviewer_label,
)
from ...models import GRAVE, Review, Subject
from ...queries.reviews import (
    MOST,
    Pick,
    global_administrators,
    judged,
    picked,
    possible_reviewers,
)
from ...services.reviews import start_review
from ...services.reviews.starting import find_review, too_many
from ...services.reviews.timing import today_of
from .base import ReviewsMixin

# So long reviewers have, unless another day is chosen.
USUAL = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class OwnReviewer:
    """A user of the review, and the list of who could answer: `chosen` is one of them, or None."""

    pk: int
    name: str
    chosen: int | None


class ReviewAddView(ReviewsMixin, ProofMixin):
    """Without a choice the page asks whom and what; with one, who answers until when."""

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.selection = self._selection()

    def _selection(self) -> Selection | None:
        token = self.request.GET.get("s", "")
        own = Selection.objects.of(self.actor, self.customer)
        return own.named(token).first() if token else None

    @cached_property
    def pick_form(self) -> PickForm:
        query = self.request.GET
        # Next without any choice sends the empty list of licenses alone.
        asked = query if {"pick", "subject", "subscription"} & query.keys() else None
        selected = self.selection is not None
        return PickForm(
            asked,
            customer=self.customer,
            actor=self.actor,
            selected=selected,
            initial={"pick": Pick.SELECTED} if selected else {},
        )

    @property
    def is_picked(self) -> bool:
        return self.pick_form.is_bound and self.pick_form.is_valid()

    @cached_property
    def subject(self) -> str:
        return str(self.pick_form.cleaned_data["subject"])

    @cached_property
    def subscription(self) -> Subscription | None:
        """Return the license that is reviewed; one that only finds the users is none."""
        found: Subscription | None = self.pick_form.cleaned_data["subscription"]
        return found if self.subject == Subject.LICENSE else None

    @cached_property
    def picked(self) -> list[int]:
        pick = self.pick_form.cleaned_data["pick"]
        if pick == Pick.SELECTED and self.selection is not None:
            return selected_ids(self.selection, self.customer)
        found = picked(
            self.customer,
            pick,
            subscription=self.pick_form.cleaned_data["subscription"],
            now=timezone.now(),
        )
        # More than a review has are not even counted.
        return list(found.order_by("pk").values_list("pk", flat=True)[: MOST + 1])

    @cached_property
    def users(self) -> list[int]:
        """Return whom the review would have, in the order of names."""
        todo = todo_of(self._judged()).order_by("sort_name", "pk")
        return list(todo.values_list("pk", flat=True))

    def _judged(self) -> Any:
        return judged(
            self.picked,
            self.subject,
            subscription=self.subscription,
            customer=self.customer,
            actor=self.actor,
        )

    def needs_proof(self) -> bool:
        if self.request.method != "POST" or not self.is_picked:
            return False
        sent = self.request.POST
        return not GRAVE.isdisjoint({sent.get("removal", ""), sent.get("otherwise", "")})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.GET.get("s") and self.selection is None:
            messages.warning(request, over_message())
            return redirect("accounts:user-list", self.customer.pk)
        if not self.is_picked:
            return self.ask_whom()
        return self.ask_who_answers(self.form(self.kept or None), own=self.kept.get("who") == EACH)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get("key", "")
        if is_key(key) and (twin := find_review(key, customer=self.customer, actor=self.actor)):
            return self.to_review(twin)
        if not self.is_picked:
            return self.ask_whom()
        form = self.form(request.POST)
        if request.POST.get("frozen", "") != frozen(self.users):
            return self.ask_who_answers(form, has_changed=True)
        if not form.is_valid():
            return self.ask_who_answers(form)
        asked = self.asked(form)
        if asked is None:
            return self.ask_who_answers(form, own=True)
        try:
            review = start_review(
                form.facts(self.subscription),
                asked,
                customer=self.customer,
                actor=self.actor,
                key=key,
            )
        except AlreadyDone as done:
            return self.to_review(done.batch)  # type: ignore[arg-type]
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.ask_who_answers(form, own=form.cleaned_data["who"] == EACH)
        messages.success(request, _("The review was started. Its reviewers have been told."))
        return self.to_review(review)

    def to_review(self, review: Review) -> HttpResponse:
        return redirect("automation:review-detail", self.customer.pk, review.pk)

    def form(self, sent: QueryDict | None) -> ReviewForm:
        first = first_values(
            self.proposed_name(),
            today_of(self.customer, timezone.now()) + USUAL,
            self.subject,
            [self.actor.pk],
        )
        possible = possible_reviewers(self.customer, self.actor)
        return ReviewForm(
            sent, subject=self.subject, possible=possible, users=len(self.users), initial=first
        )

    def proposed_name(self) -> str:
        what = str(Subject(self.subject).label)
        if self.subscription is not None:
            what = self.subscription.product.name
        day = date_format(today_of(self.customer, timezone.now()), "DATE_FORMAT")
        name = _("%(what)s, %(day)s") % {"what": what, "day": day}
        return name[: Review._meta.get_field("name").max_length]

    def asked(self, form: ReviewForm) -> dict[int, Collection[int]] | None:
        """Return the reviewers of each user; None until each has one of their own."""
        who = form.cleaned_data["who"]
        if who == ADMINISTRATORS:
            found = global_administrators(self.customer)
            return {pk: found for pk in self.users}  # noqa: C420 - RUF024 refuses the other
        if who != EACH:
            chosen = [user.pk for user in form.cleaned_data["reviewers"]]
            return {pk: chosen for pk in self.users}  # noqa: C420
        own = {user.pk: user.chosen for user in self.own_reviewers()}
        if None in own.values():
            return None
        return {pk: [reviewer] for pk, reviewer in own.items() if reviewer is not None}

    @property
    def sent(self) -> QueryDict:
        """Return what this request sent, or what was kept while a proof was asked for."""
        return self.request.POST if self.request.method == "POST" else self.kept

    def own_reviewers(self) -> list[OwnReviewer]:
        sent = self.sent
        rows = User.objects.filter(pk__among=self.users).order_by("sort_name", "pk")
        return [
            OwnReviewer(pk, name, read_id(sent.get(f"reviewer-{pk}", "")) or None)
            for pk, name in rows.values_list("pk", "display_name")
        ]

    def ask_whom(self) -> HttpResponse:
        self.template_name = "automation/review_pick.html"
        return self.page(form=self.pick_form, selection=self.selection)

    def ask_who_answers(
        self, form: ReviewForm, *, own: bool = False, has_changed: bool = False
    ) -> HttpResponse:
        self.template_name = "automation/review_add.html"
        forecast = foresee(self._judged(), chosen=len(self.picked))
        is_too_large = len(self.picked) > MOST
        already = _lacks_license if self.subject == Subject.LICENSE else _is_no_administrator
        return self.page(
            form=form,
            what=self.proposed_name().rpartition(",")[0],
            pick=Pick(self.pick_form.cleaned_data["pick"]).label,
            todo=forecast.todo,
            more=forecast.todo.count - len(forecast.todo.names),
            left=left_out(forecast, not_self=not_oneself(), already=already),
            is_too_large=is_too_large,
            too_large=too_many() if is_too_large else "",
            has_changed=has_changed,
            own=self.own_reviewers() if own else [],
            lacks_own=own and "own" in self.sent,
            possible=self._choices() if own else [],
            frozen=frozen(self.users),
            key=new_key(),
        )

    def _choices(self) -> list[tuple[int, str]]:
        possible = possible_reviewers(self.customer, self.actor)
        return [(user.pk, reviewer_label(user)) for user in possible]


def frozen(users: Sequence[int]) -> str:
    """Return the mark by which a form tells that it is about the users that were shown."""
    return hashlib.sha256(repr(sorted(users)).encode()).hexdigest()[:16]


def not_oneself() -> str:
    return _("You can't review yourself: another administrator has to start that.")


def _lacks_license(count: int) -> str:
    return ngettext(
        "%(count)s doesn't have the license: %(names)s.",
        "%(count)s don't have the license: %(names)s.",
        count,
    )


def _is_no_administrator(count: int) -> str:
    return ngettext(
        "%(count)s is no administrator: %(names)s.",
        "%(count)s are no administrators: %(names)s.",
        count,
    )
