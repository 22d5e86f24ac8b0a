"""What every test may ask for. Servers start when the first test needs them."""

import contextlib
import gc
import importlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache.backends.locmem import LocMemCache
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connection
from django.template import Context, Template
from django.test import TransactionTestCase
from django.test.signals import template_rendered
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from accounts.passwords import PersonalPasswordHasher
from partnerportal import catalogs
from partnerportal.serving import cache as shared
from tests.factories import number_anew
from tests.order import slow_first
from tests.settings import ENVIRONMENT, PROCESS, RUN_DIR, SQLITE
from tests.support import emptying
from tests.support.postgres import (
    Postgres,
    application_url,
    checkout_folder,
    migrated_template,
    with_database,
)
from tests.support.servers import MailServer, Valkey, Worker, migrated_file

pytest_plugins = [
    "tests.support.cast",
    "tests.support.browser",
    "tests.support.access",
    "tests.customers.said.stored",
    "tests.demo.team_chat.started",
]
TESTS = Path(__file__).resolve().parent
WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
ON_POSTGRES_ALONE = {"postgres", "browser", "once"}
# The same on any database, and as a whole not quick.
ONCE = {
    "access/test_access",
    "access/test_access_services",
    "access/test_access_steps",
    "access/test_hostile",
    "access/test_offers",
    "accounts/admin/test_reauthentication",
    "accounts/admin/test_users",
    "accounts/signin/test_limits",
    "accounts/signin/test_reauthentication",
    "accounts/signin/test_reauthentication_for_roles",
    "applications/services/provisioning/test_converging_at_odds",
    "partnerportal/test_admin",
    "partnerportal/test_admin_lookups",
    "partnerportal/test_views",
    "rules/test_architecture",
    "rules/test_assets",
    "rules/test_templates",
    "rules/test_words",
    "support/test_html",
    "test_servers",
    "uploads/spreadsheets/test_delimited",
    "uploads/spreadsheets/test_memory",
    "uploads/spreadsheets/test_office_files",
    "uploads/spreadsheets/test_opening",
    "uploads/spreadsheets/test_work",
    "uploads/spreadsheets/test_workbooks",
    "uploads/test_headings",
}

# Folders of tests that all open a browser.
BROWSED = {"flows"}

# Pages whose order is the database's.
ORDERED = {
    "accounts/views/test_export",
    "accounts/views/test_users",
    "customers/views/test_activity_all",
    "customers/views/test_activity_export",
    "customers/views/test_activity_of_batches",
}

# The same examples in every `make test`; `make torture` looks for new ones.
hypothesis_settings.register_profile(
    "quick",
    max_examples=25,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.register_profile(
    "torture", hypothesis_settings.get_profile("quick"), max_examples=1_000, derandomize=False
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# Of an answer on a line that is kept, the body would wait for the client to confirm the headers,
# which it puts off for 40 ms.
WSGIRequestHandler.disable_nagle_algorithm = True


def pytest_sessionstart() -> None:
    """Compile texts in other languages, once.

    Of a whole run's workers each reads other modules first, and what one compiled the others
    read: on a clean checkout, compiling is half of what collecting takes.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        catalogs.compile_new()
    if "TEST_WHOLE" not in os.environ or SQLITE or WORKERS == 1:
        return
    for path in sorted(TESTS.rglob("test_*.py"))[int(PROCESS.removeprefix("gw")) :: WORKERS]:
        name = ".".join(path.relative_to(TESTS.parent).with_suffix("").parts)
        # Of one that can't be imported, collecting tells.
        with contextlib.suppress(Exception, pytest.skip.Exception):
            importlib.import_module(name)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Of all tests, SQLite need not even read those that it leaves out by their module."""
    is_module = collection_path.suffix == ".py" and collection_path.is_relative_to(TESTS)
    if SQLITE and "TEST_WHOLE" in os.environ and is_module and _is_once(collection_path):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """SQLite runs what may differ there: not PostgreSQL's own, nor the browser, nor `once`."""
    if "TORTURE_SECONDS" not in os.environ:
        _leave_out(config, items, lambda item: "long" in _marks(item))
    if SQLITE:
        _leave_out(
            config,
            items,
            lambda item: (
                not ON_POSTGRES_ALONE.isdisjoint(_marks(item))
                or _is_once(item.path)
                or not _asks_a_database(item)
            ),
        )
    else:
        _leave_out(config, items, lambda item: "sqlite" in _marks(item))
    if WORKERS > 1:
        items[:] = slow_first(items, lambda item: "slow" in _marks(item), WORKERS)


def _asks_a_database(item: pytest.Item) -> bool:
    """Without one, there is none to differ."""
    asked = {"db", "transactional_db", "database_url"}
    return "django_db" in _marks(item) or not asked.isdisjoint(getattr(item, "fixturenames", ()))


def _is_once(path: Path) -> bool:
    """Views are walked over on SQLite too, by test_middleware_of_headers, and what they do is the
    services'.
    """
    module = path.relative_to(TESTS).with_suffix("").as_posix()
    folders = module.split("/")
    of_views = "views" in folders or path.stem == "test_views"
    return module in ONCE or folders[0] in BROWSED or (of_views and module not in ORDERED)


def _leave_out(
    config: pytest.Config, items: list[pytest.Item], wanted: Callable[[pytest.Item], bool]
) -> None:
    elsewhere = {item for item in items if wanted(item)}
    config.hook.pytest_deselected(items=list(elsewhere))
    items[:] = [item for item in items if item not in elsewhere]


def pytest_collection_finish() -> None:
    """What is loaded now stays until the end: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Nor when pytest looks, again and again, for what nobody holds."""
    gc.freeze()


def _marks(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """For the sum of both passes (tests/__main__.py)."""
    if path := os.environ.get("TEST_SUMMARY"):
        kinds = ("passed", "failed", "error", "skipped", "deselected", "xfailed", "xpassed")
        stats = {kind: len(terminalreporter.stats.get(kind, [])) for kind in kinds}
        Path(path).write_text(json.dumps(stats))


@pytest.fixture(scope="session", autouse=True)
def password_costs() -> tuple[int, int, int]:
    """Passes and KiB and lanes of the password hash in production; tests do with the least."""
    hasher = PersonalPasswordHasher
    costs = hasher.time_cost, hasher.memory_cost, hasher.parallelism
    hasher.time_cost, hasher.memory_cost = 1, 8
    return costs


@pytest.fixture(scope="session", autouse=True)
def pages_alone_are_noted(django_test_environment: None) -> None:
    """`response.context` knows what a page was given, not its parts.

    Django's test client copies the context of every template, and a list of countries is one for
    each country.
    """

    def render(template: Template, context: Context) -> str:
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    Template._render = render  # type: ignore[attr-defined]  # noqa: SLF001


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL's maintenance database."""
    if "DATABASE_URL" in os.environ:
        yield os.environ["DATABASE_URL"]
        return
    server = Postgres(checkout_folder()).start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """The test database is a clone of a migrated one."""
    if SQLITE:
        shutil.copy(migrated_file(RUN_DIR), connection.settings_dict["TEST"]["NAME"])
    else:
        template = migrated_template(request.getfixturevalue("postgres"))
        django_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template
        connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Or Django would remove the copy to begin with; the run's folder goes with the run."""
    return SQLITE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As pytest-django's, and what tests have committed goes quicker than by a flush.

    In the end sessions are closed that a server's thread has kept: nobody drops a database in use.
    """
    with django_db_blocker.unblock():
        emptying.remember_what_migrate_fills()
    TransactionTestCase._fixture_teardown = emptying.empty  # type: ignore[attr-defined]  # noqa: SLF001
    yield
    if not SQLITE:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def valkey() -> Iterator[str]:
    """The address of broker and cache."""
    if "REDIS_URL" in os.environ:
        yield ENVIRONMENT["REDIS_URL"]
        return
    server = Valkey(RUN_DIR / f"{PROCESS}.sock").start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def queue(valkey: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(valkey) as client:
        yield client


@pytest.fixture(autouse=True)
def empty_cache_and_queue(queue: redis.Redis) -> Iterator[None]:
    """No test sees another's rate limits, progress or waiting tasks."""
    yield
    # What a test without Redis has left in the memory of this process.
    shared._away.clear()  # noqa: SLF001
    LocMemCache(shared.OWN, {}).clear()
    # Queue bindings stay: a running worker announced them once.
    if stale := [key for key in queue.scan_iter() if not key.startswith(b"_kombu")]:
        queue.delete(*stale)


@pytest.fixture(autouse=True)
def numbered_from_the_first() -> None:
    """Whatever ran before, a test's users sort as they are made: Ada9 would come after Ada10."""
    number_anew()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A page in another language would leave it to the next test."""
    yield
    translation.deactivate()


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page waits for a worker that is not there."""
    monkeypatch.setattr("uploads.views.adding.PATIENCE", 0.0)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[MailServer]:
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def mailbox(mail_server: MailServer, settings: Settings) -> list[EmailMessage]:
    """Mail really goes out over SMTP, from this process and the worker; this is what arrived."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    mail_server.forget()
    return mail_server.messages


@pytest.fixture(scope="session")
def database_url(django_db_setup: None) -> str:
    """The test database's address, for processes of their own: with the portal's own login."""
    if SQLITE:
        return ENVIRONMENT["DATABASE_URL"]
    owner = with_database(ENVIRONMENT["DATABASE_URL"], connection.settings_dict["NAME"])
    return application_url(owner)


@pytest.fixture(scope="session")
def make_worker(
    database_url: str, valkey: str, mail_server: MailServer
) -> Iterator[Callable[[], Worker]]:
    """Starts Celery workers on the test's servers; a test that makes its own also ends it."""
    made: list[Worker] = []

    def make() -> Worker:
        log = Path(RUN_DIR / f"{PROCESS}-worker-{len(made)}.log")
        made.append(Worker(log, database=database_url, broker=valkey, mail=mail_server.url))
        return made[-1].start()

    yield make
    for worker in made:
        worker.stop()


@pytest.fixture(scope="session")
def session_worker(make_worker: Callable[[], Worker]) -> Worker:
    return make_worker()


@pytest.fixture
def worker(session_worker: Worker, transactional_db: None) -> Iterator[Worker]:
    """A running Celery worker that sees committed data, and works for tests that ask for it alone.

    It is idle again before the next one.
    """
    session_worker.take_tasks()
    yield session_worker
    session_worker.wait_until_idle()
    session_worker.take_no_tasks()
