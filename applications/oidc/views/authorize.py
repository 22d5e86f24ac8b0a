"""The address that applications send users to, to come back signed in."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View
from oauthlib.common import Request, add_params_to_uri
from oauthlib.oauth2 import OAuth2Error
from oauthlib.oauth2.rfc6749.errors import (
    AccessDeniedError,
    FatalClientError,
    InvalidClientIdError,
    TemporarilyUnavailableError,
)
from oauthlib.openid.connect.core.exceptions import InteractionRequired, LoginRequired

from accounts.models import User
from accounts.signin.admission import Admission
from accounts.signin.middleware import lead
from accounts.signin.reauthentication import ask_for_proof
from customers import scope
from customers.errors import Refused
from customers.query_params import is_key
from customers.scope import NOBODY
from customers.services.transactions import transactional

from ...gate import may_enter, missing
from ...lookup import scope_of_client
from ...models import Application
from ...offers import offers
from ...services.sessions import refuse_entry, start_session
from ..allauth_internals import extract_params
from ..proofs import Asked, Proof, needs_proof
from ..server import Server, Validator
from .leaving import leave
from .programs import refuse_unreadable


# A GET writes no more than what a sign-in does, and a POST is sent once more as a GET.
@method_decorator((csrf_exempt, login_not_required), name="dispatch")
class AuthorizeView(View):
    # Whoever has to choose a password first is led there, unless nothing may be shown.
    leads_by_itself = True

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a request that an application has sent as a form: by GET, with the cookie."""
        return HttpResponseRedirect(f"{request.path}?{request.POST.urlencode()}")

    def get(self, request: HttpRequest) -> HttpResponse:
        user = request.user if isinstance(request.user, User) else None
        client_id = request.GET.get("client_id", "")
        try:
            refuse_unreadable(request)
            if user is not None:
                return self._answer(user)
            # What is wrong with the request is said before anybody signs in for it.
            own = scope_of_client(client_id) if is_key(client_id) else None
            with scope.within(own or NOBODY):
                return self._answer(None)
        except InvalidClientIdError as unknown:
            # There is none, or it is another partner's.
            raise Http404 from unknown
        except Refused as refusal:
            if refusal.code != "application-gone":
                raise
            # Removed while it was asked for: from now on there is none.
            raise Http404 from refusal
        except FatalClientError as error:
            return wrong_request(request, str(error.description or error.error))
        except OAuth2Error as error:
            address = getattr(error, "redirect_uri", None)
            if not address:
                return wrong_request(request, str(error))
            return self._leave(error.in_uri(address), None)

    def _answer(self, user: User | None) -> HttpResponse:
        request, validator = self.request, Validator(user)
        server = Server(validator)
        scopes, info = server.validate_authorization_request(*extract_params(request))
        about = info["request"]
        try:
            return self._decide(user, validator, about, scopes)
        except Refused as refusal:
            if refusal.code != "busy":
                raise
            raise TemporarilyUnavailableError(request=about) from refusal

    def _decide(
        self, user: User | None, validator: Validator, about: Request, scopes: Sequence[str]
    ) -> HttpResponse:
        request, asked = self.request, Asked.of(self.request, about)
        application: Application = about.client.application
        admission: Admission | None = getattr(request, "admission", None)
        if user is not None and admission is not None and admission.hindrance:
            if asked.silent:
                raise InteractionRequired(request=about)
            if (elsewhere := lead(request, admission.hindrance)) is not None:
                return elsewhere
        if user is not None and not may_enter(user, application):
            refuse_entry(application, actor=user)
            if asked.silent:
                raise AccessDeniedError(request=about)
            return no_entry(request, user, application)
        if needs_proof(request, user, asked):
            if asked.silent:
                raise LoginRequired(request=about)
            address = request.get_full_path()
            return ask_for_proof(request, back=address) if user else sign_in_first(request)
        assert user is not None  # noqa: S101 - a stranger needs a proof
        return self._leave(self._sign_in(validator, user, application, scopes), application)

    @transactional
    def _sign_in(
        self, validator: Validator, user: User, application: Application, scopes: Sequence[str]
    ) -> str:
        """Return where to go with the code. It and its session have one commit."""
        proof = Proof.of(self.request, user)
        validator.session = start_session(
            application,
            actor=user,
            session_key=self.request.session.session_key or "",
            auth_time=proof.auth_time,
            amr=proof.amr,
            acr=proof.acr,
        )
        headers, _body, _status = Server(validator).create_authorization_response(
            *extract_params(self.request), scopes=scopes, credentials={"user": user}
        )
        return str(headers["Location"])

    def _leave(self, address: str, application: Application | None) -> HttpResponse:
        """Lead back to the application, which can tell from `iss` who answers (RFC 9207)."""
        with_issuer = add_params_to_uri(address, [("iss", settings.OIDC_ISSUER)])
        return leave(self.request, with_issuer, application)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and back; with the user name there that the application knows."""
    known = {"next": request.get_full_path(), "login_hint": request.GET.get("login_hint", "")}
    given = urlencode({name: value for name, value in known.items() if value})
    return redirect(f"{reverse('account_login')}?{given}")


def wrong_request(request: HttpRequest, reason: str) -> HttpResponse:
    """Return the page for what is wrong with an application's request, and can't be told to it."""
    context = {"reason": reason}
    status = HTTPStatus.BAD_REQUEST
    return render(request, "applications/wrong_request.html", context, status=status)


def no_entry(request: HttpRequest, user: User, application: Application) -> HttpResponse:
    """Return the page for a user whom the gate has refused: what is missing, and whom to ask."""
    context = {
        "application": application,
        "missing": missing(user, application),
        "offers": offers(user, [application])[application.pk],
    }
    return render(request, "applications/no_entry.html", context, status=HTTPStatus.FORBIDDEN)
