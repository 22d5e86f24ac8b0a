"""A source that adds, finds and lists users by SCIM, beside scim2-server's own demo in memory.

Both are called in this process, without a network, and take turns: ours with the token, limits,
row-level security, the services, the log and the database; the demo with none of them.
"""

import io
import itertools
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone
from scim2_server.applications.wsgi import WSGIApplication
from scim2_server.memory import InMemoryStorage
from scim2_server.utils import load_default_provider

from accounts.models import User
from api.models import ScimLink
from api.services.sources import SourceFacts, add_source, add_source_token
from customers import scope
from customers.models import Customer
from tests.bench.clock import side_by_side
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.population import STAFF, Population, run
from tests.bench.stage import Stage

# Of shared/machines.md, in milliseconds of this process's processor.
GOALS = {"create": 40, "filter by userName": 15, "list of 100": 100}
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
# The demo walks through all that it has: so many show what it costs.
IN_MEMORY = 2_000
PAGE = 100
REPEAT = 5


class Client:
    """Calls of a WSGI application."""

    def __init__(self, application: Any, root: str, token: str = "") -> None:
        self.application, self.root, self.token = application, root, token

    def ask(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        sent = json.dumps(body).encode() if body is not None else b""
        environment = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": f"{self.root}{path}",
            "QUERY_STRING": urlencode(query),
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "CONTENT_TYPE": "application/scim+json",
            "CONTENT_LENGTH": str(len(sent)),
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": io.StringIO(),
        }
        setup_testing_defaults(environment)
        statuses: list[str] = []

        def start(status: str, *_rest: object) -> Callable[[bytes], object]:
            statuses.append(status)
            return io.BytesIO().write

        answer = self.application(environment, start)
        found = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        if statuses[0][0] != "2":
            raise RuntimeError(f"{method} {path} answers {statuses[0]}: {found!r}")
        return json.loads(found)


def measure(stage: Stage) -> Iterator[Figure]:
    with stage.databases.copy_of(_population(stage)):
        customer = Customer.objects.get(pk=1)
        ours = _ours(customer)
        # As autovacuum does in a minute: by the owner of the tables.
        run("VACUUM ANALYZE api_scimlink")
        number = ScimLink.objects.count()
        domain = customer.domains.values_list("name", flat=True)[0]
        demo = _demo(min(number, IN_MEMORY), domain)
        some = customer.users.filter(deleted_at=None).order_by("pk")[number // 2]
        works: dict[str, Callable[[], object]] = {}
        for name, client, user_name in (
            ("ours", ours, some.user_name),
            ("demo", demo, f"user{min(number, IN_MEMORY) // 2}@{domain}"),
        ):
            works |= _works(name, client, user_name, domain)
        for work in works.values():
            work()
        spent = side_by_side(works, rounds=stage.rounds, repeat=REPEAT)
        web = {name: _of_web(work) for name, work in works.items()}
    for what, goal in GOALS.items():
        whole = median(one.processor for one in spent[f"ours: {what}"])
        theirs = web[f"demo: {what}"]
        yield at_most(goal, f"SCIM, {what}, {number} users", web[f"ours: {what}"] * 1e3, "ms")
        yield yardstick(f"SCIM, {what}, with the database", whole * 1e3, "ms")
        yield yardstick(f"scim2-server in memory: {what}", theirs * 1e3, "ms")


def _population(stage: Stage) -> Population:
    """One customer of 100,000, beside two small ones."""
    return Population("sources", ((stage.users(100_000, 120), 0),), others=2)


def _works(
    name: str, client: Client, user_name: str, domain: str
) -> dict[str, Callable[[], object]]:
    numbers = itertools.count()

    def create() -> None:
        body = {
            "schemas": [CORE],
            "userName": f"new{next(numbers)}@{domain}",
            "externalId": f"{name}-{next(numbers)}",
            "displayName": "Grace Hopper",
            "name": {"givenName": "Grace", "familyName": "Hopper"},
            "title": "Rear admiral",
            "active": True,
        }
        client.ask("POST", "/Users", body)

    def find() -> None:
        found = client.ask("GET", "/Users", filter=f'userName eq "{user_name}"')
        assert found["totalResults"] == 1

    def listed() -> None:
        found = client.ask("GET", "/Users", count=str(PAGE), startIndex="1")
        assert len(found["Resources"]) == PAGE

    return {
        f"{name}: create": create,
        f"{name}: filter by userName": find,
        f"{name}: list of 100": listed,
    }


def _of_web(work: Callable[[], object]) -> float:
    """Seconds of this process's processor for one call, of which PostgreSQL's are no part."""
    spent = []
    for _turn in range(REPEAT * 2):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return median(spent)


@scope.within(scope.TASKS)
def _ours(customer: Customer) -> Client:
    """A source that keeps all of the customer's users."""
    alice = User.objects.get(pk=STAFF)
    source = add_source(customer, "Bench", SourceFacts(), actor=alice)
    made = add_source_token(source, ends_at=timezone.now() + timedelta(days=9), actor=alice)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_scimlink"
            " (source_id, customer_id, user_id, external_id, fields, version, created_at)"
            " SELECT %s, customer_id, id, 'e' || id, '[]', 1, now() FROM accounts_user"
            " WHERE customer_id = %s AND deleted_at IS NULL",
            [source.pk, customer.pk],
        )
    return Client(get_wsgi_application(), f"/scim/{customer.uuid}/v2", made.text)


def _demo(number: int, domain: str) -> Client:
    application = WSGIApplication(InMemoryStorage(), load_default_provider())
    client = Client(application, "/v2")
    for one in range(number):
        body = {
            "schemas": [CORE],
            "userName": f"user{one}@{domain}",
            "displayName": f"User {one}",
            "name": {"givenName": "User", "familyName": str(one)},
        }
        client.ask("POST", "/Users", body)
    return client
