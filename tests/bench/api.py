"""What a call of the API costs, beside bare ninja on the same models in the same process."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.models import User
from api.models import Token, TokenKind
from api.services.integrations import add_integration
from api.services.tokens import TokenFacts, add_token, capabilities_of
from customers.models import Customer
from customers.roles import Role
from tests.bench.clock import median_processor, side_by_side
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.population import STAFF
from tests.bench.stage import Stage

REPEAT = 20
# Of shared/machines.md, in milliseconds of a processor.
LIST, TOKEN = 30, 12


class Script:
    """A script that calls through the portal's WSGI application, without a network."""

    def __init__(self, token: str, application: Any = None) -> None:
        self.token, self.application = token, application or get_wsgi_application()

    def __call__(self, method: str, address: str, body: bytes = b"", *, kind: str = "") -> Any:
        path, _mark, query = address.partition("?")
        environment: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_HOST": "localhost",
            "CONTENT_TYPE": kind or "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
        }
        if self.token:
            environment["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        setup_testing_defaults(environment)
        statuses: list[str] = []

        def start(status: str, *_rest: object) -> Callable[[bytes], object]:
            statuses.append(status)
            return io.BytesIO().write

        answer = self.application(environment, start)
        told = b"".join(answer)
        answer.close()
        if not statuses[0].startswith("20"):
            raise RuntimeError(f"{address} answers {statuses[0]}: {told[:300]!r}")
        return json.loads(told)

    def queries(self, address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            self("GET", address)
        return len(queries)


def measure(stage: Stage) -> Iterator[Figure]:
    with stage.databases.copy_of(stage.work):
        # What limits the calls is not what is measured.
        from django.conf import settings

        settings.API_LIMITS = dict.fromkeys(settings.API_LIMITS, 10**9)
        alice = User.objects.with_roles().select_related("partner").get(pk=STAFF)
        ends = timezone.now() + timedelta(days=1)
        facts = TokenFacts("Bench", capabilities_of(alice), ends)
        script, nobody = Script(add_token(alice, facts, actor=alice).text), Script("")
        sync = add_integration("Sync", roles=[Role.ADMIN_AGENT], customers=None, actor=alice)
        made = add_token(
            sync,
            TokenFacts("Secret", capabilities_of(User.objects.with_roles().get(pk=sync.pk)), ends),
            actor=alice,
            kind=TokenKind.SECRET,
        )
        domain = alice.user_name.rpartition("@")[2]
        form = f"grant_type=client_credentials&client_id={_uuid(sync)}&client_secret={made.text}"
        post = partial(
            nobody,
            "POST",
            f"/{domain}/oauth2/v2.0/token",
            form.encode(),
            kind="application/x-www-form-urlencoded",
        )
        # Without any middleware: none of ours is in the yardstick.
        with override_settings(MIDDLEWARE=[]):
            bare = Script("", WSGIHandler())
        users = f"/customers/{Customer.objects.get(pk=1).uuid}/users"
        works: dict[str, Callable[[], Any]] = {
            "list": partial(script, "GET", f"/v1{users}?size=100"),
            "bare list": partial(bare, "GET", f"/bench/ninja{users}?size=100"),
            "me": partial(script, "GET", "/v1/me"),
            "token": post,
        }
        told = {name: work() for name, work in works.items()}
        if not len(told["bare list"]) == len(told["list"]["items"]) == 100:
            raise RuntimeError("Both have to list 100 users.")
        spent = side_by_side(works, rounds=stage.rounds, repeat=REPEAT)
        own = {name: median_processor(times) * 1_000 for name, times in spent.items()}
        yield at_most(LIST, "API, list of 100 users, processor time", own["list"], "ms")
        yield yardstick("bare ninja: list of 100 users, processor time", own["bare list"], "ms")
        yield yardstick("API, list of 100 users", own["list"] / own["bare list"], "x bare ninja")
        yield yardstick("API, the least call, processor time", own["me"], "ms")
        yield at_most(TOKEN, "API, token by client secret, processor time", own["token"], "ms")
        few, many = (script.queries(f"/v1{users}?size={size}") for size in (10, 500))
        yield at_most(0, "API, more statements for 500 users than for 10", many - few, "statements")
        yield yardstick("API, list of users, statements", few, "statements")
        assert Token.objects.exists()


def _uuid(user: User) -> str:
    return str(User.objects.get(pk=user.pk).uuid)
