"""Team Chat: one room for each customer, and no accounts of its own.

It stands for somebody else's application: of the portal it knows what OpenID Connect tells it, and
imports nothing. Authlib looks after state, nonce, PKCE and tokens. Everything is in memory, of one
process: sessions and messages end with it.
"""

import json
import os
from collections import defaultdict, deque
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.django_client import OAuth
from authlib.oidc.core.claims import IDToken
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import Engine, RequestContext
from django.urls import path
from django.utils.crypto import get_random_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.static import serve
from joserfc.errors import InvalidClaimError, JoseError
from requests import RequestException

ISSUER, URL = os.environ["OIDC_ISSUER"], os.environ["TEAM_CHAT_URL"]
CLIENT = json.loads(Path(os.environ["TEAM_CHAT_CLIENT"]).read_text())
HERE = Path(__file__).parent
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
# On one machine nothing is encrypted, and what another one asks of here is no different.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

settings.configure(
    SECRET_KEY=get_random_string(50),
    ALLOWED_HOSTS=[urlsplit(URL).hostname],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "csp.middleware.CSPMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    CONTENT_SECURITY_POLICY={"DIRECTIVES": {"default-src": ["'self'"], "base-uri": ["'none'"]}},
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    # A browser sends cookies of localhost to every port there.
    SESSION_COOKIE_NAME=f"team_chat_{urlsplit(URL).port}",
    CSRF_COOKIE_NAME=f"team_chat_csrf_{urlsplit(URL).port}",
    TIME_ZONE=None,
    USE_TZ=False,
)
django.setup()

PAGE = Engine().from_string((HERE / "page.html").read_text())
EXPECTED = {
    "iss": {"essential": True, "value": ISSUER},
    "aud": {"essential": True, "value": CLIENT["client_id"]},
}
portal = OAuth().register(
    "portal",
    **CLIENT,
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    # It's on this machine, where no proxy of the environment leads.
    client_kwargs={
        "scope": "openid profile",
        "code_challenge_method": "S256",
        "trust_env": False,
        "default_timeout": 10,
    },
)
# By the key of the session: who is signed in, and when the portal ended it. By customer: the room.
signed_in: dict[str, dict[str, Any]] = {}
ended: dict[str, datetime] = {}
rooms: dict[str, deque[dict[str, Any]]] = defaultdict(partial(deque, maxlen=100))


class LogoutToken(IDToken):
    """A token by which the portal ends a session here (OpenID Connect Back-Channel Logout 1.0)."""

    ESSENTIAL_CLAIMS = ("iss", "aud", "iat", "exp", "jti", "events")

    def validate(self, now: int | None = None, leeway: int = 0) -> None:
        super().validate(now, leeway)
        if self.header.get("typ") != "logout+jwt" or "nonce" in self:
            raise InvalidClaimError("typ")
        if LOGOUT not in self["events"] or not {"sub", "sid"} & self.keys():
            raise InvalidClaimError("events")


@require_safe
def home(request: HttpRequest, **said: Any) -> HttpResponse:
    user, at = signed_in.get(key_of(request)), ended.get(key_of(request))
    # A copy: others may write while the page is made.
    room = list(rooms[user["tenant"]]) if user else []
    shown = {"user": user, "ended": at, "messages": room, "state": state_of(user), **said}
    return HttpResponse(PAGE.render(RequestContext(request, shown)))


@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Answer the script of the page, which asks every other second."""
    return HttpResponse(state_of(signed_in.get(key_of(request))), content_type="text/plain")


def state_of(user: dict[str, Any] | None) -> str:
    """Return what changes as soon as the page has something else to show."""
    if user is None:
        return "out"
    return "".join(message["at"].isoformat() for message in list(rooms[user["tenant"]])[-1:])


def now() -> datetime:
    """Return the time as the clock of this machine has it."""
    return datetime.now(UTC).astimezone()


def key_of(request: HttpRequest) -> str:
    return request.session.session_key or ""


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    try:
        answer: HttpResponse = portal.authorize_redirect(request, f"{URL}/callback")
    except RequestException:
        return home(request, problem="The portal doesn't answer.")
    return answer


@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    try:
        token = portal.authorize_access_token(request, claims_options=EXPECTED)
    except (OAuthError, JoseError, RequestException) as error:
        return home(request, problem=f"The portal didn't sign you in: {error}")
    user = dict(token["userinfo"], id_token=token["id_token"])
    # The portal tells no application what its customers are called.
    user["customer"] = user["preferred_username"].partition("@")[2]
    forget(request)
    request.session.create()
    signed_in[key_of(request)] = user
    return redirect("/")


def forget(request: HttpRequest) -> dict[str, Any] | None:
    """End the session here; return who was signed in."""
    user = signed_in.pop(key_of(request), None)
    ended.pop(key_of(request), None)
    request.session.flush()
    return user


@require_POST
def write(request: HttpRequest) -> HttpResponse:
    user = signed_in.get(key_of(request))
    text = request.POST.get("text", "").strip()[:500]
    if user and text:
        rooms[user["tenant"]].append({"name": user["name"], "text": text, "at": now()})
    return redirect("/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out here, and then of the portal, which leads back."""
    user = forget(request)
    if user is None:
        return redirect("/")
    answer: HttpResponse = portal.logout_redirect(
        request, post_logout_redirect_uri=f"{URL}/bye", id_token_hint=user["id_token"]
    )
    return answer


@require_safe
def bye(request: HttpRequest) -> HttpResponse:
    return home(request, left=True)


@csrf_exempt
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End what the portal says has ended; it is the portal by its signature."""
    try:
        told = portal.parse_id_token(
            {"id_token": request.POST.get("logout_token", "")},
            nonce=None,
            claims_options=EXPECTED,
            claims_cls=LogoutToken,
        )
    except (JoseError, RequestException, ValueError):
        return HttpResponse("This is no logout token of the portal.", status=400)
    for key, user in list(signed_in.items()):
        if all(user[name] == told[name] for name in ("sub", "sid") if name in told):
            del signed_in[key]
            ended[key] = now()
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


urlpatterns = [
    path("", home),
    path("state", state),
    path("login", sign_in),
    path("callback", callback),
    path("write", write),
    path("logout", sign_out),
    path("bye", bye),
    path("backchannel-logout", end_sessions),
    path("assets/<path:path>", serve, {"document_root": HERE / "assets"}),
]
application = get_wsgi_application()
