"""A partner's webhooks: listed, added, changed, switched, removed, and given secrets."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.signin.reauthentication import ProofMixin
from accounts.views.user import saved
from customers.errors import Refused
from customers.formats import NEW_SECRET_ONCE, is_added, is_on, was_removed

from ..forms.webhooks import WebhookForm
from ..models import DeliveryState, Webhook, WebhookDelivery
from ..services.webhooks import (
    add_webhook,
    change_webhook,
    drop_old_secret,
    has_facts,
    remove_webhook,
    rotate_secret,
    switch_webhook,
)
from ..webhook_events import in_words
from .webhook_base import (
    SECRETS,
    SURE,
    WebhookActionMixin,
    WebhookMixin,
    WebhooksMixin,
    kept_secret,
)


class WebhookListView(WebhooksMixin):
    template_name = "api/webhook_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        failed = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=DeliveryState.FAILED)
        rows = Webhook.objects.visible_to(self.actor).annotate(
            chosen=Count("chosen_customers"), has_failed=Exists(failed)
        )
        listed = [(row, in_words(row.events)) for row in rows]
        return super().get_context_data(**kwargs) | {"rows": listed}


class WebhookAddView(WebhooksMixin, ProofMixin):
    """The page that adds a webhook; its secret is on the next one."""

    template_name = "api/webhook_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=WebhookForm(self.kept or None, partner=self.partner))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = WebhookForm(request.POST, partner=self.partner)
        if not form.is_valid():
            return self.page(form=form)
        try:
            added = add_webhook(form.facts(), actor=self.actor)
        except Refused as refusal:
            return self.refused(form, refusal)
        webhook = added.webhook
        messages.success(request, is_added(webhook.name))
        SECRETS.keep(request, webhook.pk, added.secret)
        return redirect("api:webhook-secret", webhook.pk)

    def refused(self, form: WebhookForm, refusal: Refused) -> HttpResponse:
        """Say the refusal, or lead to what the first of two clicks has added."""
        own = Webhook.objects.visible_to(self.actor)
        twin = own.filter(name__iexact=form.cleaned_data["name"]).first()
        if twin and has_facts(twin, form.facts()) and kept_secret(self.request, twin):
            return redirect("api:webhook-secret", twin.pk)
        form.refuse(refusal)
        return self.page(form=form)


class WebhookChangeView(WebhookMixin):
    template_name = "api/webhook_change.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.is_valid():
            return self.page(form=form)
        try:
            changes = change_webhook(
                self.webhook, form.facts(), actor=self.actor, seen=form.seen_version()
            )
        except Refused as refusal:
            form.refuse(refusal)
            return self.page(form=form)
        messages.success(request, saved(changes))
        return self.back()

    def form(self) -> WebhookForm:
        sent = self.request.POST or self.kept or None
        return WebhookForm(sent, partner=self.partner, webhook=self.webhook)


class WebhookSecretView(WebhookMixin):
    """A secret that was made just now, until Done; else a new one, asked once more."""

    template_name = "api/webhook_confirm.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        secret = kept_secret(request, self.webhook)
        if not secret:
            return self.page()
        self.template_name = "api/webhook_secret.html"
        return self.page(secret=secret)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Replace secret"),
            "tone": "primary",
            "points": [
                _("Messages are signed with the new secret from now on."),
                _("For 24 hours they are signed with the old one, too, unless you remove it."),
                str(NEW_SECRET_ONCE),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "done" in request.POST:
            SECRETS.forget(request, self.webhook.pk)
            return self.back()
        try:
            secret = rotate_secret(self.webhook, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.back()
        SECRETS.keep(request, self.webhook.pk, secret)
        return redirect("api:webhook-secret", self.webhook.pk)


class WebhookOldSecretView(WebhookActionMixin):
    """The button that removes the secret before, which is asked once more."""

    template_name = "api/webhook_confirm.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "sure" not in request.POST:
            return self.page()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Remove old secret"),
            "tone": "danger",
            "points": [
                _("Messages are signed with the new secret alone."),
                _("A receiver that still has the old one refuses them from now on."),
            ],
            "hidden": SURE,
        }

    def act(self) -> str:
        drop_old_secret(self.webhook, actor=self.actor)
        return _("The old secret is removed.")


class WebhookSwitchView(WebhookActionMixin):
    """The button that switches a webhook on, or off, which is asked once more."""

    template_name = "api/webhook_confirm.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("on") != "1" and "sure" not in request.POST:
            return self.page()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Switch off"),
            "tone": "danger",
            "points": [
                _("Nothing more is sent. Deliveries that are waiting count as failed."),
                _("Events that happen while it is off are not sent later."),
            ],
            "hidden": SURE,
        }

    def act(self) -> str:
        on = self.request.POST.get("on") == "1"
        switch_webhook(self.webhook, on=on, actor=self.actor)
        if on:
            return is_on(self.webhook.name)
        return _("%(name)s is off: nothing is sent to it.") % {"name": self.webhook.name}


class WebhookRemoveView(WebhookMixin):
    template_name = "api/webhook_confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Remove webhook"),
            "tone": "danger",
            "points": [
                _("Nothing more is sent to it, and its deliveries are deleted."),
                _("Its secret signs nothing any longer. This can't be undone."),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_webhook(self.webhook, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, was_removed(self.webhook.name))
        return redirect("api:webhook-list")
