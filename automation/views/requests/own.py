"""What one has asked for, and asking for more: the pages of a customer's users."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.models import User
from accounts.views.user_cards import Card
from applications.models import Application
from applications.offers import Offer
from customers.errors import Refused
from customers.query_params import read_id
from customers.requests import PortalView
from customers.views.place import page_by_id

from ...forms.requests import RequestForm
from ...models import LicenseRequest, LicenseRequestQuerySet
from ...queries.wishes import Wishes
from ...services.requests import ask_for_license, cancel_request
from .rows import RequestRow

IN_CARD = 3


class OwnMixin(PortalView):
    """A page of a customer's users; staff have no licenses to ask for."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.request.user.customer_id is None:
            return redirect("accounts:me")
        return super().dispatch(request, *args, **kwargs)


def own_requests(user: User) -> LicenseRequestQuerySet:
    return LicenseRequest.objects.filter(user=user).for_list()


class OwnRequestsView(OwnMixin, TemplateView):
    template_name = "automation/own_requests.html"
    extra_context = {"section": "my-apps"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        found, pager = page_by_id(self.request, own_requests(user))
        return super().get_context_data(**kwargs) | {
            "rows": [RequestRow(row) for row in found],
            "pager": pager if pager.previous_url or pager.next_url else None,
            "may_ask": bool(Wishes(user).of_products()),
        }


class RequestAskView(OwnMixin, FormView[RequestForm]):
    """Ask for a license; `?application=` asks for what opens that one."""

    template_name = "automation/request_ask.html"
    form_class = RequestForm
    extra_context = {"section": "my-apps"}

    @property
    def application(self) -> Application | None:
        """Return the one that the address names. Raise Http404 where the user knows none such."""
        text = self.request.GET.get("application", "")
        if not text:
            return None
        found = (
            Application.objects.visible_to(self.request.user).filter(pk=read_id(text) or 0).first()
        )
        if found is None:
            raise Http404
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        wishes, application = Wishes(self.request.user), self.application
        if application is None:
            found = wishes.of_products()
        else:
            found = wishes.of_applications([application]).get(application.pk, [])
        self.wishes = [
            wish
            for wish in found
            if wish.product.pk not in wishes.open and wish.product.pk not in wishes.declined
        ]
        return super().get_form_kwargs() | {"wishes": self.wishes}

    def form_valid(self, form: RequestForm) -> HttpResponse:
        values = form.cleaned_data
        try:
            request = ask_for_license(
                values["wish"],
                asker=self.request.user,
                application=self.application,
                words=values["words"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        text = _("You asked for %(wanted)s. You will be told when it is answered.")
        messages.success(self.request, text % {"wanted": request.wanted})
        return redirect("automation:request-own")

    def form_invalid(self, form: RequestForm) -> HttpResponse:
        # The second of two clicks: the first one has asked for all that there was.
        if not self.wishes and own_requests(self.request.user).open().exists():
            messages.info(self.request, _("You have asked already, and it waits for an answer."))
            return redirect("automation:request-own")
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"application": self.application, "wishes": self.wishes}


class RequestCancelView(OwnMixin):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, license_request: int) -> HttpResponse:
        found = own_requests(self.request.user).filter(pk=license_request).first()
        if found is None:
            raise Http404
        try:
            cancel_request(found, asker=self.request.user)
        except Refused as refusal:
            messages.info(request, str(refusal))
        else:
            text = _("Your request for %(wanted)s is canceled.")
            messages.success(request, text % {"wanted": found.wanted})
        return redirect("automation:request-own")


def ask_offers(user: User, applications: Sequence[Application]) -> Mapping[int, Offer]:
    """Return beside each closed application that the user can ask for it, or has."""
    if user.customer_id is None:
        return {}
    wishes, listed = Wishes(user), reverse("automation:request-own")
    found: dict[int, Offer] = {}
    names = {row.pk: row.name for row in applications}
    for pk, each in wishes.of_applications(applications).items():
        products = [wish.product.pk for wish in each]
        asked = next((wishes.open[one] for one in products if one in wishes.open), None)
        if asked is not None:
            text = _("You asked for it on %(day)s.")
            when = date_format(timezone.localtime(asked.made_at), "DATE_FORMAT")
            found[pk] = Offer(_("Your requests"), listed, text % {"day": when})
        elif any(one not in wishes.declined for one in products):
            url = f"{reverse('automation:request-ask')}?application={pk}"
            found[pk] = Offer(_("Ask for %(name)s") % {"name": names[pk]}, url)
        elif products:
            again = min(wishes.declined[one] for one in products)
            text = _("Your request was declined. You can ask again on %(day)s.")
            when = date_format(timezone.localtime(again), "DATE_FORMAT")
            found[pk] = Offer(_("Your requests"), listed, text % {"day": when})
    return found


def own_requests_card(user: User) -> Card | None:
    """Return the card of My account: what was asked for last, and a button to ask for more."""
    if user.customer_id is None:
        return None
    rows = [RequestRow(row) for row in own_requests(user)[:IN_CARD]]
    may_ask = bool(Wishes(user).of_products())
    if not rows and not may_ask:
        return None
    return Card("automation/own_requests_card.html", {"rows": rows, "may_ask": may_ask})
