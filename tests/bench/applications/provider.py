"""An OpenID provider in a process of its own, which counts what each kind of request costs it.

`python -m tests.bench.applications.provider` with the settings of ours or of a bare one. A line of
JSON asks for so many requests of a kind; a line answers with seconds of a processor for each, those
of its connection to the database among them, and with the queries of one.
"""

import base64
import hashlib
import io
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.util import setup_testing_defaults

import django
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench.clock import measure

HOST, CALLBACK = "http://localhost", "https://chat.example/callback"
SCOPE = "openid profile email"
VERIFIER = "only-for-the-bench-" * 3
WAYS = ("discovery", "keys", "authorize", "token by code", "refresh", "userinfo", "introspection")


@dataclass(frozen=True)
class Client:
    id: str
    secret: str
    # Of a user who is signed in there.
    session: str


@dataclass
class Provider:
    client: Client
    application: Any = field(default_factory=get_wsgi_application)
    where: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = self.get("/.well-known/openid-configuration")
        self.where = {
            name: urlsplit(value).path
            for name, value in found.items()
            if isinstance(value, str) and name.endswith(("_endpoint", "_uri"))
        }

    def ready(self, way: str) -> Callable[[], object]:
        """Return what makes one request of this kind."""
        if way == "discovery":
            return lambda: self.get("/.well-known/openid-configuration")
        if way == "keys":
            return lambda: self.get(self.where["jwks_uri"])
        if way == "authorize":
            return self.code
        if way == "token by code":
            # Made at once before it is used: it is good for a minute.
            code = self.code()
            return lambda: self.exchange(code)
        tokens = self.exchange(self.code())
        if way == "refresh":
            last = [tokens["refresh_token"]]
            return lambda: last.append(self.refresh(last.pop())["refresh_token"])
        access = tokens["access_token"]
        if way == "userinfo":
            shown = {"HTTP_AUTHORIZATION": f"Bearer {access}"}
            return lambda: self.get(self.where["userinfo_endpoint"], **shown)
        return lambda: self.introspect(access)

    def code(self) -> str:
        digest = hashlib.sha256(VERIFIER.encode()).digest()
        asked = {
            "client_id": self.client.id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": SCOPE,
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.client.session}"
        path = f"{self.where['authorization_endpoint']}?{urlencode(asked)}"
        _status, headers, _body = self.call(path, 302, HTTP_COOKIE=cookie)
        return parse_qs(urlsplit(headers["Location"]).query)["code"][0]

    def exchange(self, code: str) -> dict[str, Any]:
        proof = {"code_verifier": VERIFIER, "redirect_uri": CALLBACK}
        tokens = self.post("token_endpoint", grant_type="authorization_code", code=code, **proof)
        assert {"id_token", "refresh_token"} <= tokens.keys(), tokens.keys()
        return tokens

    def refresh(self, token: str) -> dict[str, Any]:
        return self.post("token_endpoint", grant_type="refresh_token", refresh_token=token)

    def introspect(self, token: str) -> None:
        assert self.post("introspection_endpoint", token=token)["active"]

    def get(self, path: str, **headers: str) -> dict[str, Any]:
        return dict(json.loads(self.call(path, 200, b"", **headers)[2]))

    def post(self, endpoint: str, **sent: str) -> dict[str, Any]:
        sent |= {"client_id": self.client.id, "client_secret": self.client.secret}
        body = urlencode(sent).encode()
        form = {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
        }
        answer = self.call(self.where[endpoint], 200, body, **form)
        return dict(json.loads(answer[2]))

    def call(
        self, address: str, expected: int, body: bytes = b"", **more: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        path, _mark, query = address.partition("?")
        environment: dict[str, Any] = {
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "localhost",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **more,
        }
        setup_testing_defaults(environment)
        started: list[tuple[int, Mapping[str, str]]] = []

        def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> object:
            started.append((int(status[:3]), dict(headers)))
            return io.BytesIO().write

        answer = self.application(environment, start)
        content = b"".join(answer)
        answer.close()
        status, headers = started[0]
        if status != expected:
            raise RuntimeError(f"{path} answers {status}: {content[:300]!r}")
        return status, headers, content


def of_ours() -> Client:
    """An application of the first partner's, open to everyone, and a user of the first customer."""
    from accounts.models import User
    from applications.services.applications import Facts, add_application
    from customers import scope
    from tests.bench.population import STAFF
    from tests.bench.visitor import Visitor

    settings.OIDC_LIMITS.update(client=10**6, address=10**6)
    with scope.within(scope.TASKS):
        facts = Facts(
            name="Bench", start_url=HOST, everyone=True, redirect_uris=[CALLBACK], needs_pkce=True
        )
        added = add_application(facts, actor=User.objects.get(pk=STAFF))
        users = User.objects.active().filter(customer=1, blocked_at=None)
        user = users.filter(must_change_password=False).order_by("pk")[0]
        return Client(str(added.application.client_id), added.secret, Visitor(user).session)


def of_bare() -> Client:
    """The same of a project that has nothing but Django's users and allauth's clients."""
    from allauth.idp.oidc.models import Client as Row
    from django.contrib.sessions.backends.db import SessionStore

    # Of that project, whose users the types of ours don't know.
    bare: Any = get_user_model()
    user = bare(username="uma", email="uma@contoso.example", first_name="Uma")
    user.set_unusable_password()
    user.save()
    row = Row(name="Bench", skip_consent=True)
    row.set_scopes(SCOPE.split())
    row.set_grant_types(["authorization_code", "refresh_token"])
    row.set_redirect_uris([CALLBACK])
    row.set_secret("only-for-the-bench")
    row.save()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return Client(row.pk, "only-for-the-bench", str(session.session_key))


def main() -> None:
    django.setup()
    connection.settings_dict["CONN_MAX_AGE"] = None
    provider = Provider(of_ours() if hasattr(settings, "OIDC_LIMITS") else of_bare())
    for line in sys.stdin:
        asked = json.loads(line)
        way, repeat = asked["way"], asked["repeat"]
        # The first one, which may fill a cache, is the one whose queries are counted.
        work = provider.ready(way)
        with CaptureQueriesContext(connection) as queries:
            work()
        # Before further requests begin, each of which forgets what was captured.
        number = len(queries)
        spent = sum(
            measure(provider.ready(way) if way == "token by code" else work).processor
            for _turn in range(repeat)
        )
        answer = {"processor": spent / repeat, "queries": number}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
