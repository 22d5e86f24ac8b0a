"""Where a user is signed in, on the user's page; and signing the user out everywhere."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.views.user import UserPageMixin
from accounts.views.user_cards import Card
from customers.errors import Refused
from customers.forms.reason import ReasonForm, told_reason
from customers.roles import Capability

from ..models import AppSession
from ..services.sessions import sign_out_everywhere

SHOWN = 10


def sessions_card(user: User, seen_by: User) -> Card | None:
    """Return the card of where the user has signed in; None where that is nowhere."""
    rows = AppSession.objects.filter(user=user.pk).select_related("application", "user")
    sessions = list(rows.order_by("-last_used_at", "-pk")[:SHOWN])
    if not sessions:
        return None
    context = {
        "sessions": sessions,
        "may_sign_out": seen_by.pk != user.pk and seen_by.can(Capability.MANAGE_USERS, user),
    }
    return Card("applications/user_sessions.html", context)


class UserSignOutView(UserPageMixin):
    """Sign out everywhere, asked once more."""

    capability = Capability.MANAGE_USERS
    template_name = "accounts/user_confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Sign out everywhere"),
            "tone": "primary",
            "points": [
                _("Every session of the portal and of its applications ends, on all devices."),
                _("The password stays: who knows it can sign in again. To prevent that, reset it."),
            ],
            "reason_form": ReasonForm(self.request.POST or None),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            sign_out_everywhere(
                self.user,
                customer=self.customer,
                actor=self.request.user,
                reason=told_reason(request.POST),
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.page() if refusal.field == "reason" else self.to_user()
        name = {"name": self.user.display_name}
        messages.success(request, _("%(name)s is signed out everywhere.") % name)
        return self.to_user()
