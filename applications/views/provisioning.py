"""The accounts that an application gets by SCIM: where they go, and how far each of them is."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from customers.errors import Refused
from customers.formats import figure
from customers.forms.fields import say_at_field
from customers.said import retold_row

from ..forms.provisioning import ProvisioningForm
from ..models import Provision, Provisioning, ProvisionState
from ..services.provisioning.setting_up import (
    ask_comparison,
    set_up,
    switch_provisioning,
    try_again,
)
from .base import SURE, OneMixin

SHOWN = 50


class ProvisioningMixin(OneMixin):
    provisioning: Provisioning | None

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.provisioning = Provisioning.objects.filter(application=self.application).first()

    def back(self) -> HttpResponse:
        return redirect("applications:application-provisioning", self.application.pk)


class ProvisioningView(ProvisioningMixin):
    template_name = "applications/application_provisioning.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=ProvisioningForm(self.kept or None, there=self.provisioning))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ProvisioningForm(request.POST, there=self.provisioning)
        if not form.is_valid():
            return self.page(form=form)
        try:
            set_up(self.application, form.connection(), actor=self.actor)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.page(form=form)
        messages.success(request, _("Saved."))
        return self.back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Provision.objects.filter(application=self.application)
        counts = rows.aggregate(
            kept=Count("pk", filter=Q(state=ProvisionState.DONE, wanted=True)),
            taken=Count("pk", filter=Q(state=ProvisionState.DONE, wanted=False)),
            waiting=Count("pk", filter=Q(state=ProvisionState.WAITING)),
            failed=Count("pk", filter=Q(state=ProvisionState.FAILED)),
        )
        # What is tried again has a reason, too, and may be looked at before it is given up.
        troubled = list(rows.exclude(reason="").order_by("-state", "pk")[:SHOWN])
        users = User.objects.in_bulk([row.user_id for row in troubled])
        return super().get_context_data(**kwargs) | {
            "provisioning": self.provisioning,
            "comparison": retold_row(self.provisioning.comparison) if self.provisioning else {},
            "counts": counts,
            "troubled": [(row, users.get(row.user_id)) for row in troubled],
        }


class ProvisioningActionMixin(ProvisioningMixin):
    """A button of the page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.provisioning is None:
            raise Http404
        try:
            messages.success(request, self.act())
        except Refused as refusal:
            messages.error(request, str(refusal))
        return self.back()

    def act(self) -> str:
        """Do it, and return what was done in a sentence."""
        raise NotImplementedError


class ProvisioningSwitchView(ProvisioningActionMixin):
    """The button that starts provisioning, or stops it, which is asked once more."""

    template_name = "applications/application_confirm.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asks = request.POST.get("on") != "1" and "sure" not in request.POST
        if asks and self.provisioning is not None:
            return self.page()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Stop"),
            "heading": _("Stop provisioning"),
            "tone": "danger",
            "points": [
                _("Nothing more is sent: new users get no account in the application."),
                _("Users who leave keep the account that they have there, until it is started."),
            ],
            "hidden": SURE | {"on": "0"},
            "cancel_url": reverse(
                "applications:application-provisioning", args=[self.application.pk]
            ),
        }

    def act(self) -> str:
        on = self.request.POST.get("on") == "1"
        switch_provisioning(self.application, on=on, actor=self.actor)
        if on:
            return _("Provisioning has started. The first accounts are there in a moment.")
        return _("Provisioning has stopped. The accounts that are there stay as they are.")


class ProvisioningRetryView(ProvisioningActionMixin):
    def act(self) -> str:
        number = try_again(self.application, actor=self.actor)
        text = ngettext(
            "%(count)s account is tried again.", "%(count)s accounts are tried again.", number
        )
        return text % {"count": figure(number)}


class ProvisioningComparisonView(ProvisioningActionMixin):
    def act(self) -> str:
        ask_comparison(self.application, actor=self.actor)
        return _("The comparison has started. What it finds appears on this page.")
