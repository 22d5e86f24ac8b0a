import zoneinfo
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from customers import scope
from customers.query_params import LARGEST_ID

from ..models import User
from ..services.sessions import see_session
from .ceremonies import drop_orphan
from .lookup import person_waiting, scope_of
from .mfa import has_second_step, must_have_second_step, took_second_step
from .reauthentication import ask_for_proof
from .zones import viewer_zone

# All that a person with a temporary password can reach.
OPEN_TO_TEMPORARY = {"accounts:password-choose", "account_logout", "theme"}

# All that somebody who must set up a second step can reach.
OPEN_TO_STEPLESS = {
    "account_logout",
    "account_reauthenticate",
    "accounts:password-choose",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "theme",
}

Handler = Callable[[HttpRequest], HttpResponse]


class ScopeMiddleware:
    """Until it is known who asks, the database shows a request nobody's rows."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with scope.within(scope.NOBODY):
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                response.streaming_content = scope.each_within(response)
        return response


class PersonScopeMiddleware:
    """From here on the database shows what the signed-in person could see at most.

    Between the right password and a second step it shows that too: the step reads the person.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if isinstance(request.user, User) else person_waiting(request.session)
        if person is not None:
            scope.enter(scope_of(person))
        if request.method == "POST":
            # What is sent may be long in coming: no transaction waits for it.
            scope.finish_reading()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]
    ) -> None:
        customer = kwargs.get("customer")
        if isinstance(customer, int) and customer <= LARGEST_ID:
            scope.at(customer)


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


class SeenMiddleware:
    """Keeps the list of one's own sessions true; writes every few minutes, not at every request.

    What a second step asked a passkey for goes here once that sign-in is over.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        drop_orphan(request.session)
        if request.user.is_authenticated:
            see_session(request)
        return response


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


class SecondStepMiddleware:
    """Whoever must have a second step and did not take one sees nothing but how to.

    One who has none sets one up; one who has is asked for it, in whatever way the session came
    to be. Costs no query for whoever took the step.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not must_have_second_step(user):
            return None
        if took_second_step(request) or _is_open_to_stepless(request):
            return None
        return ask_for_proof(request) if has_second_step(user) else redirect("mfa_index")


def _is_open_to_stepless(request: HttpRequest) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in OPEN_TO_STEPLESS or name.startswith("health-")


class TimeZoneMiddleware:
    """Times in the viewer's own zone, else the browser's, else the country's, else UTC."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zoneinfo.ZoneInfo(viewer_zone(request))):
            return self.get_response(request)
