"""The page that asks once more before an action is done to the chosen users."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.errors import Refused
from customers.formats import figure
from customers.models import Batch, Outcome
from customers.said import retold
from customers.services.batches import new_key

from ..actions.base import BulkAction, Order, Request
from ..actions.change import BulkChange
from ..actions.later import WhenForm, when_form
from ..actions.registry import find
from ..forms.bulk import ActionForm
from ..models import UserQuerySet
from ..queries.bulk_preview import Forecast, Named, WhyLeft, foresee, todo_of
from ..services.running import perform
from ..signin.limits import take
from ..signin.reauthentication import ProofMixin
from .bulk_selection import NAMED, ChosenMixin, Differences
from .confirming import to_scheduled


class BulkView(ChosenMixin, TemplateView, ProofMixin):
    """The page of a bulk action: confirms by GET, with figures; acts by POST."""

    template_name = "accounts/users_confirm.html"
    action: ClassVar[BulkAction]

    @classmethod
    def of(cls, action: BulkAction) -> type[Self]:
        """Return the page of this action."""
        return type(cls.__name__, (cls,), {"action": action, "capability": action.capability})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.ask(self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.action.limit:
            take(request, self.action.limit)
        form, when, differences = self.form(), self.when(), self.differences()
        # Each is asked, so that all that is wrong is said at once.
        is_valid = form.is_valid() & (when is None or when.is_valid())
        if differences or not self.chosen or not is_valid:
            return self.ask(form, differences)
        key, asked, actor = request.POST.get("key", ""), form.request(), self.request.user
        try:
            if when is not None and when.is_later:
                order = Order(self.chosen, asked, self.customer, actor, key)
                return to_scheduled(request, when.leave(self.action.kind, order), self.back())
            batch = perform(
                self.action.kind,
                self.chosen,
                customer=self.customer,
                actor=actor,
                key=key,
                request=asked,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.ask(form)
        return self.result(batch)

    def when(self) -> WhenForm | None:
        return when_form(self.sent, self.customer) if self.action.waits else None

    def result(self, batch: Batch) -> HttpResponse:
        """Lead to the batch; a sheet, which comes first, names nobody who was left out."""
        if "sheet" in batch.request:
            # Why, for the first of those to whom it was not done; the others are counted.
            left = batch.items.filter(outcome__in=[Outcome.FAILED, Outcome.SKIPPED])
            first = left.order_by("user").values_list("reason", "reason_said")[:NAMED]
            reasons = [retold(*why) for why in first]
            if more := batch.failed - len(reasons):
                text = ngettext("%(count)s more was skipped.", "%(count)s more were skipped.", more)
                reasons.append(text % {"count": figure(more)})
            for why in reasons:
                messages.warning(self.request, why)
        return super().result(batch)

    def needs_proof(self) -> bool:
        request: Request = {}
        if self.request.method == "POST" and (form := self.form()).is_valid():
            request = form.request()
        return self.action.is_grave(todo_of(self.judged()), request)

    def form(self) -> ActionForm:
        return self.action.form_class(self.sent, actor=self.request.user)

    @property
    def sent(self) -> QueryDict | None:
        """Return what this request sent, or what was kept while a proof was asked for."""
        return self.request.POST if self.request.method == "POST" else self.kept or None

    def ask(self, form: ActionForm, differences: Differences | None = None) -> HttpResponse:
        self.show_chosen()
        judged = self.judged()
        forecast = foresee(judged, chosen=len(self.chosen))
        count, users = forecast.todo.count, todo_of(judged)
        barred = self.action.barred(self.request.user)
        can_be_done = bool(count and not barred)
        some = forecast.administrators
        administrators = ngettext(
            "%(count)s of them is an administrator: %(names)s.",
            "%(count)s of them are administrators: %(names)s.",
            some.count,
        ) % {"count": figure(some.count), "names": listed(some)}
        context = self.get_context_data(
            action=self.action.label,
            tone=self.action.tone,
            form=form,
            when_form=self.when(),
            differences=differences,
            chosen=len(self.chosen),
            todo=forecast.todo,
            more=count - len(forecast.todo.names),
            can_be_done=can_be_done,
            barred=barred,
            now=self.action.now(count, users) if can_be_done else "",
            points=self.action.points(count, users, chosen=len(self.chosen)) if can_be_done else [],
            administrators=administrators if some.count else "",
            left=left_out(
                forecast, not_self=self.action.not_self, already=self.action.already_text
            ),
            key=new_key(),
            frozen=self.frozen,
            back=self.list_url if self.selection else self.back() or self.list_url,
        )
        return self.render_to_response(context)

    def judged(self) -> UserQuerySet:
        actor = self.request.user
        return self.action.judge(self.chosen, customer=self.customer, actor=actor)


def left_out(
    forecast: Forecast, *, not_self: str | Promise, already: Callable[[int], str]
) -> list[str]:
    """Return the sentences of who is left out, one for each reason.

    `already` says with %(count)s and %(names)s of so many why there is nothing to do.
    """
    sentences = []
    for why, group in forecast.left.items():
        if why == WhyLeft.ONESELF:
            sentences.append(str(not_self))
            continue
        if why == WhyLeft.DELETED:
            text = ngettext(
                "%(count)s is already deleted: %(names)s.",
                "%(count)s are already deleted: %(names)s.",
                group.count,
            )
        elif why == WhyLeft.BEYOND_REACH:
            text = ngettext(
                "%(count)s is an administrator, whom your role can't manage: %(names)s.",
                "%(count)s are administrators, whom your role can't manage: %(names)s.",
                group.count,
            )
        else:
            text = already(group.count)
        sentences.append(text % {"count": figure(group.count), "names": listed(group)})
    if gone := forecast.gone:
        text = ngettext(
            "%(count)s has been deleted permanently.",
            "%(count)s have been deleted permanently.",
            gone,
        )
        sentences.append(text % {"count": figure(gone)})
    return sentences


def listed(group: Named) -> str:
    """Return the first names, and how many more."""
    names = group.names[:NAMED]
    more = group.count - len(names)
    if not more:
        return ", ".join(names)
    further = ngettext("and %(count)s more", "and %(count)s more", more)
    return f"{', '.join(names)} {further % {'count': figure(more)}}"


class UsersChangeView(BulkView):
    """The page of the change that the address names."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        action = find(kwargs.pop("what"))
        super().setup(request, *args, **kwargs)
        if not isinstance(action, BulkChange):
            raise Http404
        self.action, self.capability = action, action.capability  # type: ignore[misc]
