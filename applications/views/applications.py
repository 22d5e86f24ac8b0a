"""A partner's applications: listed, added, changed, switched, removed, and given secrets."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, F, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.views.user import saved
from customers.errors import Refused
from customers.formats import NEW_SECRET_ONCE, is_on, was_removed
from customers.models import AuditEvent
from customers.views.activity import plain_lines
from licensing.models import ServicePlan

from ..forms.applications import ApplicationForm
from ..models import Application
from ..recipes import SECRET, filled
from ..services.applications import (
    add_application,
    change_application,
    has_facts,
    logout_problem,
    remove_application,
    renew_secret,
    switch_application,
)
from .base import (
    CLIENT_SECRETS,
    SURE,
    ApplicationsChangeMixin,
    ApplicationsMixin,
    OneMixin,
    kept_secret,
)

EVENTS = 10


class ApplicationListView(ApplicationsMixin):
    template_name = "applications/application_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plans = ServicePlan.objects.select_related("product").order_by("name", "pk")
        stands = Q(sessions__ended_at=None, sessions__epoch=F("sessions__user__session_epoch"))
        rows = (
            Application.objects.visible_to(self.actor)
            .annotate(
                users=Count("sessions__user", filter=stands, distinct=True),
                chosen=Count("chosen_customers", distinct=True),
            )
            .prefetch_related(Prefetch("plans", queryset=plans))
        )
        return super().get_context_data(**kwargs) | {"rows": rows}


class ApplicationAddView(ApplicationsChangeMixin):
    """The page that adds an application; its secret is on the next one."""

    template_name = "applications/application_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=ApplicationForm(self.kept or None, partner=self.partner))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ApplicationForm(request.POST, partner=self.partner)
        if not form.is_valid():
            return self.page(form=form)
        try:
            added = add_application(form.facts(), actor=self.actor)
        except Refused as refusal:
            return self.refused(form, refusal)
        application = added.application
        messages.success(request, _("%(name)s is registered.") % {"name": application.name})
        return self.lead_on(application, added.secret)

    def refused(self, form: ApplicationForm, refusal: Refused) -> HttpResponse:
        """Say the refusal, or lead to what the first of two clicks has added."""
        own = Application.objects.visible_to(self.actor).select_related("client")
        twin = own.filter(name__iexact=form.cleaned_data["name"]).first()
        if twin and has_facts(twin, form.facts()) and kept_secret(self.request, twin):
            return redirect("applications:application-secret", twin.pk)
        form.refuse(refusal)
        return self.page(form=form)


class ApplicationDetailView(OneMixin):
    template_name = "applications/application_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.is_valid():
            return self.page(form=form)
        try:
            changes, secret = change_application(
                self.application, form.facts(), actor=self.actor, seen=form.cleaned_data["seen"]
            )
        except Refused as refusal:
            form.refuse(refusal)
            return self.page(form=form)
        messages.success(request, saved(changes))
        if logout_problem(form.cleaned_data["logout_uri"]):
            text = _(
                "The logout address is inside of a network: the portal doesn't call it. Enter one"
                " on the internet, or leave it empty."
            )
            messages.warning(request, text)
        return self.lead_on(self.application, secret)

    def form(self) -> ApplicationForm:
        sent = self.request.POST or self.kept or None
        return ApplicationForm(sent, partner=self.partner, application=self.application)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = AuditEvent.objects.of_team(self.partner.pk).filter(
            target_type="application", target_id=self.application.pk
        )
        standing = self.application.sessions.standing()
        return super().get_context_data(**kwargs) | {
            "events": plain_lines(events.newest_first()[:EVENTS]),
            "users": standing.values("user").distinct().count(),
        }


class ApplicationSettingsView(OneMixin):
    """What to enter in well-known services, to copy."""

    template_name = "applications/application_settings.html"

    def needs_proof(self) -> bool:
        return False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        client = self.application.client
        recipes = client and filled(
            issuer=settings.OIDC_ISSUER,
            client_id=client.pk,
            start_url=self.application.start_url,
            is_public=client.type == "public",
        )
        return super().get_context_data(**kwargs) | {"recipes": recipes, "placeholder": SECRET}


class ApplicationSecretView(OneMixin):
    """A secret that was made just now, until Done; else a new one, asked once more."""

    template_name = "applications/application_confirm.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        secret = kept_secret(request, self.application)
        if not secret:
            return self.page()
        self.template_name = "applications/application_secret.html"
        return self.page(secret=secret)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Make a new secret"),
            "tone": "danger",
            "points": [
                _("The secret that the application has now stops working at once."),
                _("Users can't sign in to it until the new one is entered there."),
                str(NEW_SECRET_ONCE),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "done" in request.POST:
            CLIENT_SECRETS.forget(request, self.application.pk)
            return self.lead_on(self.application)
        try:
            secret = renew_secret(self.application, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.lead_on(self.application)
        return self.lead_on(self.application, secret)


class ApplicationSwitchView(OneMixin):
    """The button that switches an application on, or off, which is asked once more."""

    http_method_names = ["post"]
    template_name = "applications/application_confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Switch off"),
            "tone": "danger",
            "points": [
                _("No user can sign in, and existing sign-ins are refused at their next use."),
                _("Everything else stays. To let users in again, switch it on."),
            ],
            "hidden": SURE,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        on = request.POST.get("on") == "1"
        if not on and "sure" not in request.POST:
            return self.page()
        try:
            switch_application(self.application, on=on, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            name = self.application.name
            off = _("%(name)s is off: no user can sign in to it.") % {"name": name}
            messages.success(request, is_on(name) if on else off)
        return self.lead_on(self.application)


class ApplicationRemoveView(OneMixin):
    template_name = "applications/application_confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Remove application"),
            "tone": "danger",
            "points": [
                _("Users can no longer sign in to it, and it is gone from My apps."),
                _("Its client ID and secret stop working. This can't be undone."),
                _("What the application itself stores is not touched."),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_application(self.application, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, was_removed(self.application.name))
        return redirect("applications:application-list")
