"""My apps: what one may open, what not yet, and where one is signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import User
from accounts.views.user_cards import Card
from customers.requests import PortalView

from ..gate import Missing, all_missing
from ..models import Application, AppSession, AppSessionQuerySet
from ..offers import Offer, offers
from ..services.sessions import end_app_sessions


@dataclass(frozen=True, slots=True)
class ClosedTile:
    """An application that the user may not enter, why, and what can be done about it."""

    application: Application
    missing: Missing
    offers: Sequence[Offer]


class MyAppsView(PortalView, TemplateView):
    """The page that the day of a customer's user begins with; others have no applications."""

    template_name = "applications/my_apps.html"
    extra_context = {"section": "my-apps"}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.request.user.customer_id is None:
            return redirect("accounts:me")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        opened = list(Application.objects.open_to(user))
        seen = Application.objects.visible_to(user)
        others = list(seen.exclude(pk__in=[row.pk for row in opened]))
        closed, offered = all_missing(user, others), offers(user, others)
        return super().get_context_data(**kwargs) | {
            "opened": opened,
            "closed": [ClosedTile(row, closed[row.pk], offered[row.pk]) for row in others],
            "sessions": own_sessions(user),
        }


def own_sessions(user: User) -> AppSessionQuerySet:
    sessions = AppSession.objects.standing().filter(user=user.pk)
    return sessions.select_related("application").order_by("-last_used_at", "-pk")


def own_sessions_card(user: User) -> Card | None:
    """Return the card of where the user is signed in; None where that is nowhere."""
    sessions = list(own_sessions(user))
    return Card("applications/own_sessions.html", {"sessions": sessions}) if sessions else None


class AppSessionEndView(PortalView):
    """The button that signs one out of an application."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, session: int) -> HttpResponse:
        user = self.request.user
        rows = AppSession.objects.filter(user=user.pk, pk=session).select_related("application")
        found = rows.first()
        if found is None:
            raise Http404
        end_app_sessions([found], actor=user)
        text = _("You are signed out of %(name)s.")
        messages.success(request, text % {"name": found.application.name})
        if request.POST.get("back") == "sessions":
            return redirect("accounts:session-list")
        return redirect("applications:my-apps")
