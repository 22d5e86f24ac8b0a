"""What is asked once more before it is done to the chosen: reset, block, allow, delete."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.errors import Refused
from customers.formats import figure
from customers.models import Batch, BatchKind, Outcome
from customers.roles import CUSTOMER_ROLES, Capability
from customers.services.batches import new_key

from ..forecast import Forecast, Left, Named, foresee, judge, seats_of, todo_of
from ..forms.bulk import DeedForm
from ..limits import take
from ..models import UserQuerySet
from ..proof import ProofMixin
from ..services.running import perform
from . import consequences
from .chosen import NAMED, ChosenMixin, Differences
from .deeds import UserBlockView, UserDeleteView, UserResetView


class BulkView(ChosenMixin, TemplateView, ProofMixin):
    """Confirms by GET, with what will happen in figures; acts by POST."""

    template_name = "accounts/users_confirm.html"
    tone = "danger"
    form_class: type[DeedForm] = DeedForm
    # Why oneself is left out, as the deed for one person says it; "" where one is not.
    not_self: str | Promise = ""
    # Whom it has been done to before.
    already: ClassVar[Q | None] = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.ask(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, differences = self.form(), self.differences()
        if differences or not self.chosen or not form.is_valid():
            return self.ask(form, differences)
        try:
            batch = perform(
                self.kind,
                self.chosen,
                customer=self.customer,
                actor=self.request.user,
                key=request.POST.get("key", ""),
                request=form.request(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.ask(form)
        return self.result(batch)

    @property
    def action(self) -> str | Promise:
        return self.kind.label

    def needs_proof(self) -> bool:
        return False

    def form(self) -> DeedForm:
        return self.form_class(self.sent)

    @property
    def sent(self) -> QueryDict | None:
        """By this request, or kept while a proof was asked for."""
        return self.request.POST if self.request.method == "POST" else self.kept or None

    def ask(self, form: DeedForm, differences: Differences | None = None) -> HttpResponse:
        self.show_chosen()
        judged = self.judged()
        forecast = foresee(judged, chosen=len(self.chosen))
        count, people, barred = forecast.todo.count, todo_of(judged), self.barred()
        can_be_done = bool(count and not barred)
        context = self.get_context_data(
            action=self.action,
            tone=self.tone,
            form=form,
            differences=differences,
            chosen=len(self.chosen),
            todo=forecast.todo,
            more=count - len(forecast.todo.names),
            can_be_done=can_be_done,
            barred=barred,
            now=self.now(count, people) if can_be_done else "",
            points=self.points(count, people) if can_be_done else [],
            administrators=_among(forecast.administrators),
            left=self.left(forecast),
            key=new_key(),
            frozen=self.frozen,
            back=self.back(),
        )
        return self.render_to_response(context)

    def judged(self) -> UserQuerySet:
        return judge(
            self.chosen,
            customer=self.customer,
            actor=self.request.user,
            capability=self.capability,
            but_oneself=bool(self.not_self),
            already=self.already,
        )

    def barred(self) -> str:
        """Why it can be done to nobody at all, whoever is chosen; "" where it can."""
        return ""

    def now(self, count: int, people: UserQuerySet) -> str:
        """What so many `people` have, where it is to be changed."""
        return ""

    def points(self, count: int, people: UserQuerySet) -> list[str]:
        """What happens to so many `people`."""
        raise NotImplementedError

    def left(self, forecast: Forecast) -> list[str]:
        """Who is left out and why, a sentence a reason."""
        sentences = [
            str(self.not_self) if why == Left.ONESELF else self._left(why, group)
            for why, group in forecast.left.items()
        ]
        if gone := forecast.gone:
            text = ngettext(
                "%(count)s was deleted permanently meanwhile.",
                "%(count)s were deleted permanently meanwhile.",
                gone,
            )
            sentences.append(text % {"count": figure(gone)})
        return sentences

    def _left(self, why: Left, group: Named) -> str:
        text = {
            Left.DELETED: ngettext(
                "%(count)s is deleted already: %(names)s.",
                "%(count)s are deleted already: %(names)s.",
                group.count,
            ),
            Left.BEYOND_REACH: ngettext(
                "%(count)s is an administrator, which your role does not reach: %(names)s.",
                "%(count)s are administrators, whom your role does not reach: %(names)s.",
                group.count,
            ),
            Left.ALREADY: self.already_text(group.count),
        }[why]
        return text % {"count": figure(group.count), "names": listed(group)}

    def already_text(self, count: int) -> str:
        return ""

    def back(self) -> str:
        """The list, with the selection as it is."""
        query = urlencode(self.keep) if self.selection else ""
        return reverse("accounts:user-list", args=[self.customer.pk]) + (
            f"?{query}" if query else ""
        )


def listed(group: Named) -> str:
    """The first names, and how many more."""
    names = group.names[:NAMED]
    more = group.count - len(names)
    if not more:
        return ", ".join(names)
    further = ngettext("and %(count)s more", "and %(count)s more", more)
    return f"{', '.join(names)} {further % {'count': figure(more)}}"


def _among(administrators: Named) -> str:
    if not administrators.count:
        return ""
    text = ngettext(
        "%(count)s of them is an administrator: %(names)s.",
        "%(count)s of them are administrators: %(names)s.",
        administrators.count,
    )
    return text % {"count": figure(administrators.count), "names": listed(administrators)}


def _left_alone(batch: Batch) -> list[str]:
    """Why, for the first of those to whom it was not done; the others are counted."""
    left = batch.items.filter(outcome__in=[Outcome.FAILED, Outcome.SKIPPED]).order_by("user")
    reasons = list(left.values_list("reason", flat=True)[:NAMED])
    if more := batch.failed - len(reasons):
        text = ngettext("%(count)s more was left out.", "%(count)s more were left out.", more)
        reasons.append(text % {"count": figure(more)})
    return reasons


class UsersResetView(BulkView):
    """Asked for a proof where an administrator is among those to whom it would be done."""

    kind = BatchKind.RESET
    capability = Capability.RESET_PASSWORDS
    not_self = UserResetView.not_self
    tone = "primary"

    def needs_proof(self) -> bool:
        return todo_of(self.judged()).filter(groups__name__in=CUSTOMER_ROLES).exists()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take(request, "reset")
        return super().post(request, *args, **kwargs)

    def points(self, count: int, people: UserQuerySet) -> list[str]:
        # As many as the passwords are drawn for, whoever is left out then.
        are_long = len(self.chosen) > settings.SHORT_PASSWORDS_UP_TO
        return consequences.of_reset(count, are_long=are_long)

    def result(self, batch: Batch) -> HttpResponse:
        if "sheet" not in batch.request:
            return super().result(batch)
        for why in _left_alone(batch):
            messages.warning(self.request, why)
        return redirect("accounts:sheet-detail", self.customer.pk, batch.request["sheet"])


class UsersBlockView(BulkView):
    kind = BatchKind.BLOCK
    capability = Capability.MANAGE_USERS
    not_self = UserBlockView.not_self
    already = Q(blocked_at__isnull=False)

    def points(self, count: int, people: UserQuerySet) -> list[str]:
        return consequences.of_block(count, seats_of(people))

    def already_text(self, count: int) -> str:
        return ngettext(
            "%(count)s is blocked already: %(names)s.",
            "%(count)s are blocked already: %(names)s.",
            count,
        )


class UsersAllowView(BulkView):
    kind = BatchKind.ALLOW
    capability = Capability.MANAGE_USERS
    already = Q(blocked_at=None)
    tone = "primary"

    def points(self, count: int, people: UserQuerySet) -> list[str]:
        return consequences.of_allow(count)

    def already_text(self, count: int) -> str:
        return ngettext(
            "%(count)s is not blocked: %(names)s.",
            "%(count)s are not blocked: %(names)s.",
            count,
        )


class UsersDeleteView(BulkView):
    kind = BatchKind.DELETE
    capability = Capability.MANAGE_USERS
    not_self = UserDeleteView.not_self

    def needs_proof(self) -> bool:
        return True

    def points(self, count: int, people: UserQuerySet) -> list[str]:
        return consequences.of_delete(count, seats_of(people))
