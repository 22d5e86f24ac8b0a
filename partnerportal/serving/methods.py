from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed


def methods_of(path: str, table: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return what the longest prefix in the table that the path begins with takes."""
    return table[max(filter(path.startswith, table), key=len, default="/")]


def check_methods(table: Mapping[str, Sequence[str]]) -> None:
    """Raise ImproperlyConfigured where a prefix is not whole: /v1 is the beginning of /v10/ too."""
    wrong = [prefix for prefix in table if not (prefix.startswith("/") and prefix.endswith("/"))]
    if wrong or "/" not in table:
        raise ImproperlyConfigured(
            "METHODS has an entry for / and others that begin and end with /, unlike"
            f" {', '.join(wrong) or 'now'}."
        )


class MethodsMiddleware:
    """Refuse methods that an address has no use for (METHODS), before a page takes them for more.

    A page that asks only whether it was posted to would show itself to a method that is made up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        check_methods(settings.METHODS)
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        methods = methods_of(request.path_info, settings.METHODS)
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        return self.get_response(request)
