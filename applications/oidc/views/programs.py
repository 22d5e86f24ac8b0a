"""What applications call by themselves: for tokens, and about them.

No cookie counts here, so that no page of another site could use one; that is why these views are
exempt from CSRF. What may be read is for whoever shows a secret, so that scripts of any site may.
"""

from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import View
from oauthlib.common import Request
from oauthlib.oauth2 import OAuth2Error
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError

from accounts.models import User
from accounts.signin.call_limits import TooMany
from accounts.signin.lookup import scope_of, user_of_id
from customers import scope
from customers.formats import WITH_NUL
from customers.query_params import is_key
from customers.scope import NOBODY, Scope

from ...lookup import scope_of_client, user_id_of_token
from ..allauth_internals import convert_response, extract_basic_auth, extract_params
from ..limits import count_answered, count_call, count_wrong_secret
from ..server import Server, Validator

ALLOWED_HEADERS = "Authorization, Content-Type"


def refuse_unreadable(request: HttpRequest) -> None:
    """Raise InvalidRequestError for an address that oauthlib can't take apart, and for a NUL, which
    no database keeps in a text.
    """
    try:
        _pairs = Request(extract_params(request)[0]).uri_query_params
    except ValueError:
        raise InvalidRequestError(description="The address is no form.") from None
    sent = (*request.GET.lists(), *request.POST.lists())
    if any("\x00" in value for _name, values in sent for value in values):
        raise InvalidRequestError(description=str(WITH_NUL))


@method_decorator((csrf_exempt, login_not_required, sensitive_post_parameters()), name="dispatch")
class ProgramView(View):
    """A call of an application, in the scope of whom it is about (`scope_of_call`)."""

    http_method_names = ["post", "options"]
    # Whether there is more to write than that a session is in use: then all of it at once.
    writes = True
    # By which a client that did not prove itself is asked to; oauthlib's is for bearer tokens.
    challenge = 'Basic realm="oidc"'

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = (request.method or "").lower()
        if method not in {"get", "post"} or method not in self.http_method_names:
            return super().dispatch(request, *args, **kwargs)
        response: HttpResponse
        try:
            refuse_unreadable(request)
            client_id = client_id_of(request)
            count_call(request, client_id)
            whole: AbstractContextManager[object]
            whole = transaction.atomic() if self.writes else nullcontext()
            with scope.within(self.scope_of_call(client_id) or NOBODY), whole:
                response = cast(HttpResponse, super().dispatch(request, *args, **kwargs))
        except TooMany as refused:
            data = {"error": "temporarily_unavailable", "error_description": "Too many calls."}
            response = JsonResponse(data, status=HTTPStatus.TOO_MANY_REQUESTS)
            response["Retry-After"] = str(refused.seconds)
        except OAuth2Error as error:
            response = JsonResponse(dict(error.twotuples), status=error.status_code)
            for name, value in error.headers.items():
                response[name] = value
        else:
            if response.status_code < HTTPStatus.BAD_REQUEST:
                count_answered(client_id)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self.challenge:
            response["WWW-Authenticate"] = self.challenge
            count_wrong_secret(request)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    def scope_of_call(self, client_id: str) -> Scope | None:
        """Return the scope of the client's partner, in which the client then has to prove itself.

        Whoever the call is about is let in with a narrower one (`standing.let_in`).
        """
        if not is_key(client_id):
            raise InvalidClientError
        return scope_of_client(client_id)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a browser that asks whether a page of another site may call."""
        response = cast(HttpResponse, super().options(request, *args, **kwargs))
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response["Access-Control-Allow-Methods"] = response["Allow"]
        return response


def client_id_of(request: HttpRequest) -> str:
    """Return what the client calls itself, which nothing has proven so far."""
    client_id, _secret = extract_basic_auth(request.headers)
    return client_id or request.POST.get("client_id", "")


def _as_response(answer: tuple[dict[str, str], str | None, int]) -> HttpResponse:
    response: HttpResponse = convert_response(*answer)
    return response


class TokenView(ProgramView):
    @sensitive_variables()
    def post(self, request: HttpRequest) -> HttpResponse:
        return _as_response(Server(Validator()).create_token_response(*extract_params(request)))


class RevokeView(ProgramView):
    @sensitive_variables()
    def post(self, request: HttpRequest) -> HttpResponse:
        server = Server(Validator())
        return _as_response(server.create_revocation_response(*extract_params(request)))


class IntrospectView(ProgramView):
    writes = False

    @sensitive_variables()
    def post(self, request: HttpRequest) -> HttpResponse:
        server = Server(Validator())
        return _as_response(server.create_introspect_response(*extract_params(request)))


class UserInfoView(ProgramView):
    """What an access token tells of its user; the token itself is the proof."""

    http_method_names = ["get", "post", "options"]
    writes = False
    challenge = ""
    user: User | None = None

    @sensitive_variables()
    def get(self, request: HttpRequest) -> HttpResponse:
        server = Server(Validator(self.user))
        return _as_response(server.create_userinfo_response(*extract_params(request)))

    post = get

    def scope_of_call(self, client_id: str) -> Scope | None:
        """Return the scope of the token's user."""
        scheme, _space, token = self.request.headers.get("Authorization", "").partition(" ")
        value = token if scheme.lower() == "bearer" else self.request.POST.get("access_token", "")
        pk = user_id_of_token(value.strip()) if value else None
        self.user = user_of_id(pk) if pk is not None else None
        return scope_of(self.user) if self.user is not None else None
