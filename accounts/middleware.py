import zoneinfo
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from .zones import viewer_zone

# All that a person with a temporary password can reach.
OPEN_TO_TEMPORARY = {"accounts:password-choose", "account_logout", "theme"}

Handler = Callable[[HttpRequest], HttpResponse]


class SignInMiddleware(LoginRequiredMiddleware):
    """A stranger gets the sign-in page, and is told when a form was lost on the way to it."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method == "POST":
            messages.warning(
                request,
                _("You are signed out, so nothing was saved. Sign in, then do it again."),
            )
        return super().handle_no_permission(request, view_func)


class TemporaryPasswordMiddleware:
    """A temporary password leads to Choose a new password and nowhere else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        match = request.resolver_match
        if match and match.view_name in OPEN_TO_TEMPORARY:
            return None
        return redirect("accounts:password-choose")


class TimeZoneMiddleware:
    """Times in the viewer's own zone, else the browser's, else the country's, else UTC."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zoneinfo.ZoneInfo(viewer_zone(request))):
            return self.get_response(request)
