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
from django.contrib.messages import get_messages
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
        kept = b""
        if PARAMETER in request.GET:
            # Out of the address, so that nothing else of the portal passes it on.
            rest = request.GET.copy()
            token = str(rest.pop(PARAMETER)[-1])
            request.META["QUERY_STRING"] = rest.urlencode()
            request.GET = rest  # type: ignore[assignment]
            kept = _find(request, token) if request.method == "GET" else b""
            request.is_unseen = bool(kept)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not _is_page(request, response):
            return response
        if kept:
            response.content = kept
            # What the page of now had to tell is told when it is seen.
            get_messages(request).used = False  # type: ignore[union-attr]
        # Only a browser that opens a page has a history to keep in order.
        elif request.method == "POST" and request.headers.get("Sec-Fetch-Mode") == "navigate":
            return _put_aside(request, response)
        return response


def _is_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Return whether it is a page of the portal or the admin, and has another way to it.

    The pages of signing in have secrets, and make new ones whenever they are opened. Of the others
    one that has secrets says so, by `told_once`.
    """
    match = request.resolver_match
    view: Any = getattr(match and match.func, "view_class", object)
    # A view of POST alone may have inherited a `get`, to which nothing leads.
    has_page = hasattr(view, "get") and "get" in view.http_method_names
    is_ours = has_page and issubclass(view, CustomerScopeMixin | RoleMixin)
    return (
        (is_ours or (match is not None and match.app_name == "admin"))
        and not getattr(response, "told_once", False)
        and response.status_code == 200
        and not response.streaming
        and response.headers.get("Content-Type", "").startswith("text/html")
    )


def _place(request: HttpRequest, name: object) -> str:
    session = sha256(str(request.session.session_key).encode()).hexdigest()
    return f"refused-form:{session}:{name}"


def _put_aside(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    packed = zlib.compress(response.content)
    if len(packed) > LARGEST:
        return response
    # Of two tabs at once each has a number of its own.
    counter = _place(request, "last")
    cache.add(counter, 0, _SECONDS)
    try:
        number = cache.incr(counter)
    except ValueError:
        # The cache has forgotten it since.
        return response
    cache.touch(counter, _SECONDS)
    token = f"{number}-{secrets.token_urlsafe(12)}"
    sealed = cipher_for(_PURPOSE).encrypt(packed).decode()
    cache.set(_place(request, number % KEPT), [token, request.path, sealed], _SECONDS)
    query = request.GET.copy()
    query[PARAMETER] = token
    led = HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    led.status_code = 303
    led.cookies = response.cookies
    return led


def _find(request: HttpRequest, token: str) -> bytes:
    """Return the page that was put aside, or nothing where it is gone or not of this place.

    That is, was another session's or another address's.
    """
    number = read_number(token.partition("-")[0]) or 0
    kept = cache.get(_place(request, number % KEPT))
    # At another address it would be another page whose view is asked whether it may be seen.
    if kept is None or kept[:2] != [token, request.path]:
        return b""
    try:
        return zlib.decompress(cipher_for(_PURPOSE).decrypt(kept[2].encode()))
    except InvalidToken:
        return b""
