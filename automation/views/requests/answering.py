"""Requests as those see them who answer: of one customer, and over all customers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.models import User
from accounts.views.tabs import Tab
from customers.errors import Refused
from customers.forms.fields import say_at_field
from customers.models import Customer
from customers.roles import Capability, whom_to_ask
from customers.tenancy import CustomerScopeMixin, RoleMixin
from customers.views.lists import PLACE, address
from customers.views.place import page_by_id

from ...forms.requests import AnswerForm, SeatsAnswerForm
from ...models import ANSWERED_BY, LicenseRequest, LicenseRequestQuerySet, RequestKind, RequestState
from ...queries.outlooks import outlook_of
from ...services.requests import approve_license, approve_seats, decline
from ...services.requests.answering import NOT_ONES_OWN
from .rows import RequestRow

ANSWERED = "answered"


def may_answer(asked: LicenseRequest, actor: User) -> bool:
    return asked.user_id != actor.pk and actor.can(ANSWERED_BY[RequestKind(asked.kind)])


def open_requests(customer: Customer, actor: User) -> LicenseRequestQuerySet:
    """Return what waits at this customer for an answer that the actor may give."""
    return customer.license_requests.open().answerable_by(actor)


class RequestsMixin(TemplateView):
    """A list of requests: those that wait, or those that were answered."""

    request: Any

    def page_of(self, rows: LicenseRequestQuerySet) -> dict[str, Any]:
        is_open = self.request.GET.get("state") != ANSWERED
        waiting = rows.open()
        shown = waiting if is_open else rows.exclude(state=RequestState.OPEN)
        found, pager = page_by_id(self.request, shown.for_list(), oldest_first=is_open)
        label = _("Open (%(count)s)") % {"count": waiting.count()}
        return {
            "rows": [RequestRow(row, may_answer(row, self.request.user)) for row in found],
            "pager": pager if pager.previous_url or pager.next_url else None,
            "is_open": is_open,
            "tabs": [
                Tab(label, address(self.request, state=None, **PLACE), is_open),
                Tab(
                    _("Answered"),
                    address(self.request, state=ANSWERED, **PLACE),
                    not is_open,
                ),
            ],
        }


class RequestListView(CustomerScopeMixin, RequestsMixin):
    capability = Capability.MANAGE_LICENSES
    template_name = "automation/request_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = LicenseRequest.objects.filter(customer=self.customer)
        context = super().get_context_data(**kwargs) | self.page_of(rows)
        return context | {"may_ask_for_seats": self.request.user.customer_id is not None}


class AllRequestsView(RoleMixin, RequestsMixin):
    """Of all customers at once; a customer's administrator is led to the own ones."""

    capability = Capability.MANAGE_LICENSES
    template_name = "automation/request_all.html"
    extra_context = {"section": "customers"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (own := self.request.user.customer_id) is not None:
            return redirect("automation:request-list", own)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = Customer.objects.visible_to(self.request.user)
        rows = LicenseRequest.objects.filter(customer__in=seen.values("pk"))
        return super().get_context_data(**kwargs) | self.page_of(rows)


class RequestDetailView(CustomerScopeMixin, FormView[AnswerForm]):
    """One request: what would come of it, and the answer."""

    capability = Capability.MANAGE_LICENSES
    template_name = "automation/request_detail.html"
    license_request: LicenseRequest

    def scope(self, **kwargs: Any) -> None:
        rows = LicenseRequest.objects.filter(customer=self.customer).for_list()
        found = rows.select_related("batch").filter(pk=kwargs["license_request"]).first()
        if found is None:
            raise Http404
        self.license_request = found

    def get_form_class(self) -> type[AnswerForm]:
        return SeatsAnswerForm if self.license_request.is_for_seats else AnswerForm

    def get_initial(self) -> dict[str, Any]:
        return {"seats": self.license_request.seats}

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        declines = self.request.POST.get("decision") == "decline"
        words = form.cleaned_data["words"]
        if declines and not words:
            form.add_error("words", _("Say in a few words why it is declined."))
            return self.form_invalid(form)
        try:
            self._answer(form, declines, words)
        except Refused as refusal:
            if refusal.code in {"request-answered", "request-gone"}:
                # Another was quicker: the page says who, and what.
                messages.info(self.request, str(refusal))
                return redirect(self._listed())
            say_at_field(form, refusal)
            return self.form_invalid(form)
        name = self.license_request.user.display_name
        text = _("Declined. %(name)s is told.") if declines else _("Approved. %(name)s is told.")
        messages.success(self.request, text % {"name": name})
        return redirect(self._listed())

    def _answer(self, form: AnswerForm, declines: bool, words: str) -> None:  # noqa: FBT001
        asked, actor = self.license_request, self.request.user
        if declines:
            decline(asked, actor=actor, words=words)
        elif asked.is_for_seats:
            approve_seats(asked, form.cleaned_data["seats"], actor=actor, words=words)
        else:
            approve_license(asked, actor=actor, words=words)

    def _listed(self) -> str:
        return reverse("automation:request-list", args=[self.customer.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, actor = self.license_request, self.request.user
        is_open = asked.is_open and asked.user.deleted_at is None
        is_own = asked.user_id == actor.pk
        outlook = outlook_of(asked) if is_open else None
        may_buy = actor.can(Capability.MANAGE_SUBSCRIPTIONS)
        here = reverse("automation:request-detail", args=[self.customer.pk, asked.pk])
        if may_buy:
            who_buys = ""
        elif actor.customer_id is None:
            who_buys = str(whom_to_ask(Capability.MANAGE_SUBSCRIPTIONS, staff=True))
        elif asked.is_for_seats:
            who_buys = _("Your partner answers this request.")
        else:
            who_buys = _("Ask your partner for seats, then approve it.")
        return super().get_context_data(**kwargs) | {
            "row": RequestRow(asked),
            "asked": asked,
            "outlook": outlook,
            "is_open": is_open,
            "may_answer": is_open and may_answer(asked, actor),
            "may_cancel": is_open and is_own,
            "may_approve": asked.is_for_seats or bool(outlook and outlook.is_possible),
            "may_buy": may_buy,
            "may_ask_partner": actor.customer_id is not None,
            "who_buys": who_buys,
            "who_answers": str(NOT_ONES_OWN) if is_own and not asked.is_for_seats else who_buys,
            "here": here,
            "held": list(
                asked.user.assignments.live()
                .order_by("subscription__product__name")
                .values_list("subscription__product__name", flat=True)
            ),
        }
