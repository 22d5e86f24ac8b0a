"""Forms that take what a scanner sends."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What the scanner sends along with all but its attacks on the tokens of forms.
HEADER = "X-Scan-Forms"


class OpenFormsMiddleware:
    """A scanner mixes tokens up and names no page that it came from.

    Without this, all that it sends by a form would end at the check of the token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if HEADER in request.headers:
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001
        return self.get_response(request)
