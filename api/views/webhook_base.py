"""What the pages of a partner's webhooks have in common."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.signin.reauthentication import ProofMixin
from customers.errors import Refused
from customers.roles import Capability
from customers.views.partner import PartnerMixin, PartnerRowMixin

from ..models import Webhook
from ..services.webhook_secrets import unseal_secret

# What a page sends that has asked once more.
SURE = {"sure": "yes"}
_KEY = "webhook-secrets"
_HOUR = timedelta(hours=1)


class WebhooksMixin(PartnerMixin):
    """A page of the partner's account admins."""

    capability = Capability.MANAGE_APPLICATIONS
    extra_context = {"section": "team"}


class WebhookMixin(PartnerRowMixin[Webhook], WebhooksMixin, ProofMixin):
    """A page about one webhook of the partner."""

    named = "webhook"

    def rows(self) -> QuerySet[Webhook]:
        return Webhook.objects.visible_to(self.actor).select_related("partner")

    @property
    def webhook(self) -> Webhook:
        return self.row

    def back(self) -> HttpResponse:
        return redirect("api:webhook-detail", self.webhook.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"webhook": self.webhook}


class WebhookActionMixin(WebhookMixin):
    """A button of a webhook's page."""

    http_method_names = ["post"]

    def back_after_proof(self) -> str:
        # The button's own address takes no GET.
        return reverse("api:webhook-detail", args=[self.webhook.pk])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            messages.success(request, self.act())
        except Refused as refusal:
            messages.error(request, str(refusal))
        return self.back()

    def act(self) -> str:
        """Do it, and return what was done in a sentence."""
        raise NotImplementedError


def keep_secret(request: HttpRequest, webhook: Webhook) -> None:
    """Let this user see the secret that the webhook has now: until Done, or for an hour.

    A session holds what it is sealed as, which is worth nothing once there is another.
    """
    until = (timezone.now() + _HOUR).timestamp()
    request.session[_KEY] = {**_living(request), str(webhook.pk): [webhook.sealed_secret, until]}


def kept_secret(request: HttpRequest, webhook: Webhook) -> str:
    """Return the secret, or "" where it is not to be seen, or no longer the webhook's."""
    sealed, _until = _living(request).get(str(webhook.pk), ("", 0.0))
    return unseal_secret(sealed) if sealed and sealed == webhook.sealed_secret else ""


def forget_secret(request: HttpRequest, webhook: Webhook) -> None:
    rest = _living(request)
    rest.pop(str(webhook.pk), None)
    request.session[_KEY] = rest


def _living(request: HttpRequest) -> dict[str, tuple[str, float]]:
    now = timezone.now().timestamp()
    kept = request.session.get(_KEY, {})
    return {pk: (sealed, until) for pk, (sealed, until) in kept.items() if until > now}
