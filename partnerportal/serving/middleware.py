import codecs
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, ImproperlyConfigured
from django.db import DatabaseError, InterfaceError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, resolve
from django.utils.cache import add_never_cache_headers
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import bind_extra_request_finished_metadata

from customers.client_address import client_address

Handler = Callable[[HttpRequest], HttpResponse]

_FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
_began: ContextVar[float] = ContextVar("began")


class ProbeMiddleware:
    """Answer probes before anything else is asked: the host's name, the session, a database.

    A probe speaks plain HTTP to an address, and must hear what is, not what a page needs.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(("/health/", "/metrics")):
            return self.get_response(request)
        try:
            view, args, kwargs = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        response: HttpResponse = view(request, *args, **kwargs)
        return response


class HeadersMiddleware:
    """Let no other site load anything of the portal, and no browser keep a page or a download.

    Back after signing out, or on a shared machine, must not show the last page. Static files say
    for themselves how long they may be kept. Django and django-csp set all other headers.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
        return response


class MethodsMiddleware:
    """Refuse methods that an address has no use for (METHODS), before a page takes them for more.

    A page that asks only whether it was posted to would show itself to a method that is made up.
    Raise ImproperlyConfigured where a prefix is not whole: /v1 is the beginning of /v10/ too.
    """

    def __init__(self, get_response: Handler) -> None:
        table = settings.METHODS
        wrong = [each for each in table if not each.startswith("/") or not each.endswith("/")]
        if wrong or "/" not in table:
            raise ImproperlyConfigured(
                "METHODS has an entry for / and others that begin and end with /, unlike"
                f" {', '.join(wrong) or 'now'}."
            )
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        methods = methods_of(request.path_info, settings.METHODS)
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        return self.get_response(request)


def methods_of(path: str, table: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return what the longest prefix in the table that the path begins with takes."""
    return table[max(filter(path.startswith, table), key=len, default="/")]


class TextMiddleware:
    """Leave out what no page and no database can be asked for, and no browser of ours sends.

    A cookie can say any control character in quotes: none of ours has one. An encoding that a
    request names, such as unicode_escape, makes half characters: all is read as UTF-8, and a form
    in another encoding refused. Raise BadRequest for one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        odd = [name for name, value in request.COOKIES.items() if not value.isprintable()]
        for name in odd:
            del request.COOKIES[name]
        named = request.encoding
        if named is not None and codecs.lookup(named).name != "utf-8":
            request.encoding = "utf-8"
            if request.content_type in _FORMS:
                raise BadRequest
        return self.get_response(request)


class RequestLogMiddleware(RequestMiddleware):
    """Log a line a request, whose id the answer names too, for a user who calls for help."""

    def __call__(self, request: HttpRequest) -> Any:
        _began.set(time.perf_counter())
        try:
            return super().__call__(request)
        finally:
            # Also where the request ends early, without a database to ask for the user.
            structlog.contextvars.clear_contextvars()

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        context = structlog.contextvars.get_contextvars()
        response.headers["X-Request-ID"] = context.get("request_id", "")
        super().handle_response(request, response)

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Log the visitor's address as the rest of the portal sees it, and no other."""
        structlog.contextvars.bind_contextvars(ip=client_address(request))

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Log the user, unless the database is away, which has to be asked for them."""
        with suppress(DatabaseError, InterfaceError):
            RequestMiddleware.bind_user_id(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Return method and path, without the query: a search there may hold a user's name."""
        return f"{request.method} {request.path}"


@receiver(bind_extra_request_finished_metadata)
def tell_the_duration(log_kwargs: dict[str, Any], **kwargs: Any) -> None:
    log_kwargs["duration_ms"] = round((time.perf_counter() - _began.get()) * 1_000)
