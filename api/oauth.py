"""Access for an hour, as Microsoft's libraries ask for it: by a client secret, or by a token.

`POST /{domain}/oauth2/v2.0/token`, the older `/oauth2/token`, and both below `/t/{domain}`,
where MSAL looks for a discovery document first. With `client_credentials` an integration shows its
client ID and secret; with `refresh_token` a script shows a token where Partner Center's shows one
for which it once signed in.
"""

import base64
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.signin.admission import NotAdmitted
from accounts.signin.call_limits import TooMany
from customers import scope
from customers.client_address import client_address
from customers.models import Domain

from . import lookup
from .authentication import Caller, admit_by
from .credentials import PATTERN, SECONDS, access_for
from .limits import check_address, count_call, count_wrong
from .models import TokenKind

# What Microsoft's libraries ask for; a token here has one scope alone.
RESOURCE = "https://api.partnercenter.microsoft.com"
REFRESHING = {TokenKind.PERSONAL, TokenKind.INTEGRATION}


class OAuthError(Exception):
    """An error as RFC 6749 names it."""

    def __init__(self, name: str, text: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(text)
        self.name, self.text, self.status = name, text, status


@csrf_exempt
@login_not_required
@require_POST
@sensitive_post_parameters()
def token(request: HttpRequest, tenant: str) -> HttpResponse:
    """Answer a request for access. No cookie counts; that is why it is exempt from CSRF."""
    with scope.within(scope.NOBODY):
        try:
            check_address(request)
            caller = _caller(request, tenant)
            count_call(request, caller.token, caller.user, "")
            answer = JsonResponse(_access(caller))
        except TooMany as refused:
            answer = _error("temporarily_unavailable", "Too many calls.", 429)
            answer["Retry-After"] = str(refused.seconds)
        except OAuthError as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                count_wrong(request)
            answer = _error(error.name, error.text, error.status)
        except RequestDataTooBig:
            answer = _error("invalid_request", "The request is too large.", 413)
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt
@login_not_required
@require_GET
def discovery(request: HttpRequest, tenant: str) -> HttpResponse:
    """The document that MSAL reads before it asks for access."""
    base = f"{settings.OIDC_ISSUER}/t/{tenant}"
    return JsonResponse(
        {
            "issuer": base,
            "authorization_endpoint": f"{settings.OIDC_ISSUER}/oidc/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "jwks_uri": f"{settings.OIDC_ISSUER}/oidc/keys",
            "grant_types_supported": ["client_credentials", "refresh_token"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "client_secret_basic",
            ],
        }
    )


def _caller(request: HttpRequest, tenant: str) -> Caller:
    grant = request.POST.get("grant_type", "")
    if grant == "client_credentials":
        client_id, secret = _client(request)
        caller = _admit(request, secret, {TokenKind.SECRET})
        if _uuid(client_id) != caller.user.uuid:
            raise _wrong()
    elif grant == "refresh_token":
        caller = _admit(request, request.POST.get("refresh_token", ""), REFRESHING)
    else:
        text = "Use client_credentials or refresh_token."
        raise OAuthError("unsupported_grant_type", text)
    if not _is_of(caller.user, tenant):
        raise _wrong()
    return caller


def _admit(request: HttpRequest, text: str, kinds: set[TokenKind]) -> Caller:
    user = lookup.user_id_of(text) if PATTERN.fullmatch(text) else None
    if user is None:
        raise _wrong()
    wanted = {"hash": lookup.hash_of(text)}
    try:
        return admit_by(wanted, kinds, user, address=client_address(request))
    except NotAdmitted:
        raise _wrong() from None


def _client(request: HttpRequest) -> tuple[str, str]:
    """Return client ID and secret, of the form or of the header of basic authentication."""
    kind, _space, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        raise _wrong() from None
    client_id, _colon, secret = text.partition(":")
    return unquote_plus(client_id), unquote_plus(secret)


def _is_of(user: User, tenant: str) -> bool:
    """Return whether the tenant in the address is the user's partner, or customer."""
    own = Domain.objects.filter(name=tenant.lower())
    if user.partner_id:
        return own.filter(partner=user.partner_id).exists()
    return own.filter(customer=user.customer_id).exists()


def _access(caller: Caller) -> dict[str, Any]:
    now = int(time.time())
    # Numbers as text, as Microsoft's older endpoint has them, which the newer libraries read too.
    return {
        "token_type": "Bearer",
        "expires_in": SECONDS,
        "ext_expires_in": SECONDS,
        "expires_on": str(now + SECONDS),
        "not_before": str(now),
        "resource": RESOURCE,
        "access_token": access_for(caller.token),
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _wrong() -> OAuthError:
    text = "The client ID, secret or token is wrong, revoked or has expired."
    return OAuthError("invalid_client", text, HTTPStatus.UNAUTHORIZED)


def _error(name: str, text: str, status: int) -> JsonResponse:
    return JsonResponse({"error": name, "error_description": text}, status=status)
