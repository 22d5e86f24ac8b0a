"""What the pages of a partner's webhooks have in common."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.signin.kept_secrets import KeptSecrets
from accounts.signin.reauthentication import ProofMixin
from customers.errors import Refused
from customers.roles import Capability
from customers.views.partner import PartnerMixin, PartnerRowMixin

from ..models import Webhook
from ..services.webhook_secrets import unseal_secret

# What a page sends that has asked once more.
SURE = {"sure": "yes"}
SECRETS = KeptSecrets("webhook-secrets", b"partner portal: webhook secret to hand over")


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


def kept_secret(request: HttpRequest, webhook: Webhook) -> str:
    """Return the secret to hand over, or "" where none is kept that is still the webhook's."""
    sealed = webhook.sealed_secret
    return SECRETS.find(request, webhook.pk, lambda secret: secret == unseal_secret(sealed))
