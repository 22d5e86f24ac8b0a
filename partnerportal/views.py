from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.signin.kept_forms import may_send_again, typed, values_of
from accounts.signin.limits import seconds_to_wait, wait_in_words
from accounts.signin.way_back import take_way
from customers.query_params import local_address
from customers.roles import Capability

from .context import THEME_COOKIE, THEMES, may_see_customers, user_of
from .frame.cookies import keep

# The steps of signing in.
SIGN_IN = ("account_login", "mfa_authenticate", "mfa_login_webauthn")


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Lead each user to the page that their day begins with, or to where they were going."""
    user = user_of(request)
    return redirect((take_way(request) or first_page(user)) if user else settings.LOGIN_URL)


def first_page(user: User) -> str:
    """Return the address of the page that the user's day begins with."""
    if user.is_staff:
        return reverse("admin:index")
    if may_see_customers(user):
        return reverse("customers:customer-list")
    if user.customer_id and user.can(Capability.SEE):
        return reverse("accounts:user-list", args=[user.customer_id])
    return reverse("applications:my-apps" if user.customer_id else "accounts:me")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme in the browser and return to the page it was chosen on."""
    response = redirect(local_address(request, request.POST.get("next", ""), reverse("home")))
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        keep(response, THEME_COOKIE, chosen)
    return response


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer one try too many: the page and the header say how long to wait."""
    seconds = seconds_to_wait(request)
    response = render(
        request,
        "429.html",
        {"wait": wait_in_words(seconds)},
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form older than the session with what was typed, as Back brings an empty one.

    A tab of signing in leads on where the user has signed in by another one. A form on the page of
    another site does not get its words onto ours, nor can it be sent again from here.
    """
    match = request.resolver_match
    if match and match.view_name in SIGN_IN and user_of(request):
        wanted = request.POST.get("next") or request.GET.get("next", "")
        return redirect(local_address(request, wanted, reverse("home")))
    origin = request.headers.get("Origin")
    is_ours = bool(origin) and origin == f"{request.scheme}://{request.get_host()}"
    context: dict[str, Any] = {"typed": typed(request.POST) if is_ours else []}
    if is_ours and user_of(request) and match and may_send_again(request):
        context |= {"address": request.get_full_path(), "values": values_of(request.POST)}
    return render(request, "403_csrf.html", context, status=HTTPStatus.FORBIDDEN)
