from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers import scope
from customers.query_params import LARGEST_ID
from customers.zones import Zone

from ..models import User
from ..services.sessions import see_session
from .admission import Credential, Hindrance, NotAdmitted, admit, admit_halfway
from .ceremonies import drop_orphan
from .kept_forms import MINUTES, keep_form
from .languages import known
from .lookup import user_waiting
from .mfa import took_second_step
from .reauthentication import ask_for_proof
from .way_back import keep_way
from .zones import viewer_zone

# All that a user with a temporary password can reach.
OPEN_TO_TEMPORARY = {"accounts:password-choose", "account_logout", "help", "keys", "theme"}

# All that a user who must set up a second step can reach.
OPEN_TO_STEPLESS = {
    "account_logout",
    "account_reauthenticate",
    "accounts:password-choose",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    *("help", "keys", "theme"),
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


class AdmissionMiddleware:
    """The browser's door: a user with a session is let in by `admit`, and led to what comes first.

    Between the right password and a second step the database shows the user's rows as well: the
    step reads the user.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        state: Any = request
        state.admission = state.not_admitted = state.user_waiting = None
        if isinstance(request.user, User):
            credential = Credential(second_step=took_second_step(request))
            try:
                state.admission = admit(request.user, credential, leads=True)
            except NotAdmitted as refusal:
                state.not_admitted = refusal
                logout(request)
        elif (user := user_waiting(request.session)) is not None:
            state.user_waiting = user
            admit_halfway(user)
        if request.method == "POST":
            # What is sent may be long in coming: no transaction waits for it.
            scope.finish_reading()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Lead to what comes first, unless the view `leads_by_itself`, as an attribute says."""
        state: Any = request
        if state.not_admitted:
            messages.warning(request, str(state.not_admitted))
        customer = kwargs.get("customer")
        if isinstance(customer, int) and customer <= LARGEST_ID:
            scope.at(customer)
        hindrance = state.admission.hindrance if state.admission else None
        leads_by_itself = getattr(getattr(view, "view_class", None), "leads_by_itself", False)
        return lead(request, hindrance) if hindrance and not leads_by_itself else None


def lead(request: HttpRequest, hindrance: Hindrance) -> HttpResponse | None:
    """Lead to what has to be done first; None for a page that is part of it.

    The start page, where each of these ends, leads on to where the user was going.
    """
    name = request.resolver_match.view_name if request.resolver_match else ""
    is_open = OPEN_TO_TEMPORARY if hindrance is Hindrance.CHOOSE else OPEN_TO_STEPLESS
    if name in is_open or (hindrance is not Hindrance.CHOOSE and name.startswith("health-")):
        return None
    if name != "home":
        keep_way(request)
    if hindrance is Hindrance.CHOOSE:
        return redirect("accounts:password-choose")
    if hindrance is Hindrance.TAKE:
        # Nothing else is open before the step is taken.
        return ask_for_proof(request, cancel=reverse("account_logout"))
    return redirect("mfa_index")


class SignInMiddleware(LoginRequiredMiddleware):
    """The sign-in page for strangers, and a way back to the form that one of them has sent."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        if request.method == "POST":
            if keep_form(request):
                text = _(
                    "You were signed out before this was saved. Sign in with the same account: your"
                    " entries are kept for %(minutes)s minutes."
                )
                messages.warning(request, text % {"minutes": MINUTES})
                return redirect_to_login(reverse("accounts:kept-form"))
            messages.warning(
                request,
                _("You are signed out, so nothing was saved. Sign in, then do it again."),
            )
        return super().handle_no_permission(request, view_func)


class SeenMiddleware:
    """The keeper of the list of one's sessions, written every few minutes and not each request.

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


class LanguageMiddleware:
    """The viewer's language: the own one, else the browser's, which Django has found by now."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and (own := known(request.user.language)):
            # Django's own middleware, further out, says which it was, and begins the next anew.
            translation.activate(own)
            request.LANGUAGE_CODE = own
        return self.get_response(request)


class TimeZoneMiddleware:
    """The viewer's clock: the own zone, else the browser's, else the country's, else UTC."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(Zone(viewer_zone(request))):
            return self.get_response(request)
