"""Second steps for tests: real codes, real sign-ins."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from accounts.services.second_steps import add_app
from accounts.signin.allauth_internals import format_hotp_value, generate_totp_secret, hotp_value
from accounts.signin.encryption import unseal
from tests.support.cast import PASSWORD

LOGIN = "/accounts/login/"
SECOND = "/accounts/2fa/authenticate/"
PROOF = "/accounts/2fa/reauthenticate/"
# In seconds: a proof of then is none any more.
LONG_AGO = 301
PERIOD = 30
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"


def give_app(user: User) -> str:
    """An authenticator app, whose secret is returned; no code of now is spent."""
    secret: str = generate_totp_secret()
    add_app(secret, used_step=0, actor=User.objects.get(pk=user.pk))
    return secret


def code_of(secret: str, *, at: float | None = None) -> str:
    step = int(time.time() if at is None else at) // PERIOD
    text: str = format_hotp_value(hotp_value(secret, step))
    return text


def spent_code(user: User, secret: str) -> str:
    """The one that the user has signed in with, also once the next step has begun."""
    app = Authenticator.objects.get(user=user, type="totp")
    return code_of(secret, at=app.data["used_step"] * PERIOD)


def wrong_code(secret: str) -> str:
    """Fits no step that is near."""
    near = {code_of(secret, at=time.time() + PERIOD * steps) for steps in range(-3, 4)}
    return next(code for code in map(str, range(100_000, 100_010)) if code not in near)


def recovery_codes(user: User) -> list[str]:
    codes: list[str] = (
        Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    )
    return codes


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": user.user_name, "password": password})


def second_step(client: Client, code: str) -> Any:
    return client.post(SECOND, {"code": code})


def signed_in_by_both(user: User) -> tuple[Client, str]:
    """Someone with a password and an app, signed in; and the app's secret."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    secret, client = give_app(user), Client()
    sign_in(client, user)
    assert second_step(client, code_of(secret)).status_code == 302
    return client, secret


def prove(client: Client, user: User, method: str = "mfa", *, ago: float = 0) -> None:
    """As if the user had just signed in so, or been asked, so many seconds ago."""
    session = client.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time() - ago}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def client_of(user: User, *, ago: float) -> Client:
    """Of a user with an app who took the second step so many seconds ago."""
    client = Client()
    client.force_login(user)
    prove(client, user, ago=ago)
    return client


def sent_again(client: Client, user: User, url: str, sent: Mapping[str, Any]) -> Any:
    """The page after its form was sent with a proof that had run out, and the proof was given."""
    prove(client, user, ago=LONG_AGO)
    asked = urlsplit(client.post(url, sent).headers["Location"])
    assert asked.path == PROOF
    prove(client, user)
    # As a browser comes back: by a GET, without a token.
    client.handler.enforce_csrf_checks = True
    page = client.get(parse_qs(asked.query)["next"][0])
    client.handler.enforce_csrf_checks = False
    return page


def sign_in_elsewhere(user: User) -> None:
    """A session of a telephone."""
    client = Client()
    client.force_login(user)
    UserSession.objects.create(
        user=user, session_key=client.session.session_key, ip="203.0.113.7", user_agent=PHONE
    )


def stored(user: User) -> str:
    """All that the database keeps about this user's second steps, as text."""
    rows = Authenticator.objects.filter(user=user).values_list("type", "data")
    return repr(list(rows))


def unsealed(user: User) -> str:
    return unseal(Authenticator.objects.get(user=user, type="totp").data["secret"])
