"""What the pages of a partner's applications have in common."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.signin.kept_secrets import KeptSecrets
from accounts.signin.reauthentication import ProofMixin
from customers.roles import Capability
from customers.views.partner import PartnerMixin, PartnerRowMixin

from ..models import Application

CLIENT_SECRETS = KeptSecrets("client-secrets", b"partner portal: client secret to hand over")
# What a page sends that has asked once more.
SURE = {"sure": "yes"}


def kept_secret(request: HttpRequest, application: Application) -> str:
    """Return the secret to hand over, or "" where none is kept that is still the client's."""
    client = application.client
    return CLIENT_SECRETS.find(request, application.pk, client.check_secret) if client else ""


class ApplicationsMixin(PartnerMixin):
    """A page of the partner's account admins."""

    capability = Capability.MANAGE_APPLICATIONS
    extra_context = {"section": "applications"}


class ApplicationsChangeMixin(ApplicationsMixin, ProofMixin):
    """Every page that changes applications or hands over their secrets."""

    def lead_on(self, application: Application, secret: str | None = None) -> HttpResponse:
        """Lead to the page of the application, or first to the one that shows its new secret."""
        if not secret:
            return redirect("applications:application-detail", application.pk)
        CLIENT_SECRETS.keep(self.request, application.pk, secret)
        return redirect("applications:application-secret", application.pk)


class OneMixin(PartnerRowMixin[Application], ApplicationsChangeMixin):
    """A page about one application of the partner."""

    named = "application"

    def rows(self) -> QuerySet[Application]:
        return Application.objects.visible_to(self.actor).select_related("client", "partner")

    @property
    def application(self) -> Application:
        return self.row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"application": self.application}
