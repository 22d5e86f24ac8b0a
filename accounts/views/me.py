from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.generic import FormView

from customers.requests import PortalView
from licensing.models import LicenseAssignment, SubscriptionStatus

from ..forms.me import PreferencesForm
from ..models import User
from ..services.users.me import set_preferences
from ..signin.languages import language_of
from .user_cards import account_cards


@dataclass(frozen=True, slots=True)
class OwnLicense:
    product: str
    is_suspended: bool
    services: list[str]


class MeView(PortalView, FormView):  # type: ignore[type-arg]
    """My account: what one has and may, and the few things that one sets for oneself."""

    template_name = "accounts/me.html"
    form_class = PreferencesForm

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        return {"time_zone": user.time_zone, "language": user.language}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "facts": own_facts(user),
            "licenses": own_licenses(user) if user.customer_id else [],
            "cards": account_cards(user),
        }

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        if set_preferences(self.request.user, **form.cleaned_data):
            # Said in the language that was chosen just now.
            self.request.user.refresh_from_db(fields=["language"])
            translation.activate(language_of(self.request))
            messages.success(self.request, _("Your settings were saved."))
        return redirect("accounts:me")


def own_facts(user: User) -> list[tuple[str, str]]:
    labels: Iterable[str] = user.permission_labels()
    if user.is_staff:
        labels = [_("Support staff")]
    elif user.partner_id and not user.roles:
        labels = [_("None")]
    facts = [
        (_("Display name"), user.display_name),
        (_("User name"), user.user_name),
        (_("Permissions"), ", ".join(labels)),
    ]
    if user.customer:
        facts.insert(2, (_("Organization"), user.customer.name))
    if user.partner:
        facts.insert(2, (_("Partner"), user.partner.name))
    return facts


def own_licenses(user: User) -> list[OwnLicense]:
    """Return the products, each with the services that are on; of a suspended one none is."""
    held = (
        LicenseAssignment.objects.live()
        .filter(user=user)
        .select_related("subscription__product")
        .prefetch_related("subscription__product__plans")
        .order_by("subscription__product__name")
    )
    licenses = []
    for row in held:
        suspended = row.subscription.status == SubscriptionStatus.SUSPENDED
        plans = row.subscription.product.plans.all()
        services = [plan.name for plan in plans if plan.code not in row.services_off]
        licenses.append(
            OwnLicense(row.subscription.product.name, suspended, [] if suspended else services)
        )
    return licenses
