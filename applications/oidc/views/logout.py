"""Signing out from within an application (OpenID Connect RP-Initiated Logout 1.0).

An application that shows the ID token of this very session ends it without a question; otherwise
the user is asked. Either way what ends is the session of the portal and all that came from it, and
the browser goes only to where the application may send it, to the letter.
"""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View
from oauthlib.common import add_params_to_uri
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from accounts.models import User
from customers import scope
from customers.query_params import is_key
from customers.requests import PortalView
from customers.scope import NOBODY

from ...lookup import scope_of_client
from ...models import Application, AppSession
from ...services.sessions import end_app_sessions, hash_of_session
from ..keys import read_id_token
from .authorize import wrong_request
from .leaving import leave
from .programs import refuse_unreadable

FIELDS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


@dataclass(frozen=True, slots=True)
class SignOut:
    """What an application asks for; `address` is where to go afterwards, or "" for nowhere."""

    application: Application | None
    address: str
    claims: dict[str, Any]

    @classmethod
    def of(cls, sent: QueryDict) -> "SignOut":
        """Read what was sent; raise ValueError, with a sentence, for what must not be followed."""
        claims, client_id = _who_sends(sent)
        if claims and claims["aud"] != client_id:
            raise ValueError(_("The ID token is another application's."))
        named = Application.objects.filter(client=client_id).select_related("client")
        application = named.first() if is_key(client_id) else None
        address = sent.get("post_logout_redirect_uri", "")
        if not address:
            return cls(application, "", claims)
        client = application.client if application else None
        if client is None or address not in client.get_post_logout_redirect_uris():
            raise ValueError(_("The address to go back to is not registered."))
        state = [("state", sent["state"])] if sent.get("state") else []
        return cls(application, add_params_to_uri(address, state), claims)

    def session(self) -> AppSession | None:
        """Return the session that the ID token is of, while it stands."""
        if self.application is None or not self.claims:
            return None
        standing = AppSession.objects.filter(application=self.application, ended_at=None)
        session = standing.select_related("user").filter(sid=self.claims.get("sid", "")).first()
        return session if session and str(session.user.uuid) == self.claims["sub"] else None


# Applications send the browser here, by GET or by a form: what is done without a question the ID
# token allows, and all else is asked by a form of ours.
@method_decorator((csrf_exempt, login_not_required), name="dispatch")
class LogoutView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request.POST)

    def _answer(self, sent: QueryDict) -> HttpResponse:
        request = self.request
        try:
            refuse_unreadable(request)
            if isinstance(request.user, User):
                return self._of_user(request.user, SignOut.of(sent), sent)
            _claims, client_id = _who_sends(sent)
            own = scope_of_client(client_id) if is_key(client_id) else None
            with scope.within(own or NOBODY):
                asked = SignOut.of(sent)
                # The browser has lost its session here, and the application its user.
                if (session := asked.session()) is not None:
                    end_app_sessions([session], actor=session.user)
                return _go_on(request, asked)
        except (InvalidRequestError, ValueError) as error:
            return wrong_request(request, str(error))

    def _of_user(self, user: User, asked: SignOut, sent: QueryDict) -> HttpResponse:
        session = asked.session()
        here = hash_of_session(self.request.session.session_key or "")
        if session and session.user_id == user.pk and session.session_key_hash == here:
            return _sign_out(self.request, asked)
        kept = {name: sent.get(name, "") for name in FIELDS}
        context = {"kept": kept, "application": asked.application}
        return render(self.request, "applications/logout.html", context)


class LogoutConfirmView(PortalView):
    """The user's own yes, from the page that asks."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            refuse_unreadable(request)
            asked = SignOut.of(request.POST)
        except (InvalidRequestError, ValueError) as error:
            return wrong_request(request, str(error))
        return _sign_out(request, asked)


def _who_sends(sent: QueryDict) -> tuple[dict[str, Any], str]:
    """Return the claims of the ID token, if it is one of ours, and the id of the client."""
    claims = read_id_token(sent.get("id_token_hint", "")) or {}
    return claims, sent.get("client_id", "") or str(claims.get("aud", ""))


def _sign_out(request: HttpRequest, asked: SignOut) -> HttpResponse:
    """End the session of the portal, and those of all applications that came from it."""
    get_adapter(request).logout(request)
    return _go_on(request, asked)


def _go_on(request: HttpRequest, asked: SignOut) -> HttpResponse:
    if not asked.address:
        return redirect("account_login")
    return leave(request, asked.address, asked.application)
