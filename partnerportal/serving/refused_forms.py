"""A form that was refused, kept so that Back, Forward and a reload find it as it was.

The answer to a POST has no good place in a browser's history: since nothing of the portal is kept
by browsers, Back to it ends in an error, and what was typed is lost. So a page that answers a POST
is put aside for a while and the browser led to an address of its own, where it is to be had again.

It is shown to the session that sent the form alone, in place of the page that its address has
now, and only if that is one: who may no longer see the page, has nothing more to see here either.
"""

import secrets
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from accounts.signin.encryption import cipher_for
from customers.query_params import read_number
from customers.tenancy import CustomerScopeMixin, RoleMixin

PARAMETER = "refused"
_PURPOSE = b"partner portal: forms that were refused"
_SECONDS = 60 * 60
# A session keeps so many, and then the oldest go; a page that is larger than this is not kept.
KEPT = 20
LARGEST = 300_000

Handler = Callable[[HttpRequest], HttpResponse]


class RefusedFormsMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = ""
        if PARAMETER in request.GET:
            # Out of the address, so that nothing else of the portal passes it on.
            rest = request.GET.copy()
            token = str(rest.pop(PARAMETER)[-1])
            request.META["QUERY_STRING"] = rest.urlencode()
            request.GET = rest  # type: ignore[assignment]
        response = self.get_response(request)
        if not _is_page(request, response):
            return response
        if request.method == "GET" and token:
            response.content = _find(request, token) or response.content
        # Only a browser that opens a page has a history to keep in order.
        elif request.method == "POST" and request.headers.get("Sec-Fetch-Mode") == "navigate":
            return _put_aside(request, response)
        return response


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether it is a page of partners' and customers' own, and has another way to it.

    The pages of signing in have secrets, and make new ones whenever they are opened.
    """
    match = request.resolver_match
    view: Any = getattr(match and match.func, "view_class", object)
    return (
        issubclass(view, CustomerScopeMixin | RoleMixin)
        and hasattr(view, "get")
        and response.status_code == 200
        and not response.streaming
        and response.headers.get("Content-Type", "").startswith("text/html")
    )


def _place(request: HttpRequest, number: int) -> str:
    session = sha256(str(request.session.session_key).encode()).hexdigest()
    return f"refused-form:{session}:{number % KEPT}"


def _put_aside(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    packed = zlib.compress(response.content)
    if len(packed) > LARGEST:
        return response
    number = request.session.get("refused_forms", 0) + 1
    request.session["refused_forms"] = number
    token = f"{number}-{secrets.token_urlsafe(12)}"
    sealed = cipher_for(_PURPOSE).encrypt(packed).decode()
    cache.set(_place(request, number), [token, sealed], _SECONDS)
    query = request.GET.copy()
    query[PARAMETER] = token
    led = HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    led.status_code = 303
    led.cookies = response.cookies
    return led


def _find(request: HttpRequest, token: str) -> bytes:
    """Return the page that was put aside, or nothing where it is gone or was another session's."""
    kept = cache.get(_place(request, read_number(token.partition("-")[0]) or 0))
    if kept is None or kept[0] != token:
        return b""
    try:
        return zlib.decompress(cipher_for(_PURPOSE).decrypt(kept[1].encode()))
    except InvalidToken:
        return b""
