"""One's own sessions: where one is signed in, and ending what should not be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from customers.requests import PortalRequest, PortalView

from ...services.sessions import end_sessions, working_sessions
from ...signin.browsers import named_by
from ..user_cards import session_cards


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A row of the list, without the session's key, with which one could be that user."""

    pk: int
    device: str
    ip: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_this: bool


class SessionListView(PortalView, TemplateView):
    template_name = "accounts/session_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        this = self.request.session.session_key
        rows = [
            SessionRow(
                pk=row.pk,
                device=named_by(row.user_agent),
                ip=row.ip,
                signed_in_at=row.created_at,
                last_seen_at=row.last_seen_at,
                is_this=row.session_key == this,
            )
            for row in working_sessions(self.request.user)
        ]
        rows.sort(key=lambda row: not row.is_this)
        others = sum(not row.is_this for row in rows)
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "others": others,
            "cards": session_cards(self.request.user),
        }


class SessionEndView(PortalView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, session: int) -> HttpResponse:
        row = UserSession.objects.filter(user=self.request.user, pk=session).first()
        if row is None:
            raise Http404
        if row.session_key == request.session.session_key:
            return redirect("account_logout")
        return _end(self.request, [row])


class OtherSessionsEndView(PortalView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        rows = UserSession.objects.filter(user=self.request.user)
        return _end(self.request, list(rows.exclude(session_key=request.session.session_key)))


def _end(request: PortalRequest, rows: Sequence[UserSession]) -> HttpResponse:
    count = end_sessions(rows, actor=request.user)
    text = ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", count)
    messages.success(request, text % {"count": count} if count else _("No other session is open."))
    return redirect("accounts:session-list")
