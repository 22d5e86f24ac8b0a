"""What a balancer asks and what an alarm asks are two things."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Delivery, MailTo
from customers.models import Batch, BatchKind
from partnerportal.serving import health, heartbeat
from tests.factories import ScheduleFactory
from tests.patience import wait_for
from tests.support.cast import Cast
from tests.support.servers import Worker
from uploads.models import Upload

TOKEN = "for-monitoring-in-tests-" * 2
# What may wait for a worker, by the names of its alarms.
WORKS = ("batches", "uploads", "mails", "schedules", "rules", "notices", "reports")
INSIDE = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.MONITORING_TOKEN = TOKEN


@pytest.fixture(autouse=True)
def has_seen_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


@pytest.fixture
def all_live(settings: Settings) -> None:
    # Under keys of its own: the worker of an earlier test is heard under the usual ones.
    default = {**settings.CACHES["default"], "KEY_PREFIX": "health-tests"}
    settings.CACHES = {**settings.CACHES, "default": default}
    heartbeat.give(heartbeat.WORKER)
    heartbeat.give(heartbeat.BEAT)


def status(client: Client) -> "tuple[int, dict[str, object]]":
    response = client.get("/health/status", headers=INSIDE)
    return response.status_code, response.json()


def test_a_server_that_answers_lives_and_asks_no_database(client: Client) -> None:
    response = client.get("/health/live")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_a_server_with_database_and_migrations_is_ready(client: Client) -> None:
    response = client.get("/health/ready")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_a_server_whose_migrations_are_missing_is_not_ready_until_they_are_there(
    client: Client,
) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="accounts").order_by("name").last()
    assert last is not None
    last.delete()
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.content == "Migrations are missing: run the step “migrate”.".encode()
    last.save(force_insert=True)
    assert client.get("/health/ready").status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_a_database_it_lives_and_is_not_ready(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", str(tmp_path))
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    try:
        assert client.get("/health/live").status_code == 200
        response = client.get("/health/ready")
        assert (response.status_code, response.content) == (503, b"The database does not answer.")
        code, found = status(client)
        assert (code, found["database"]) == (503, "The database does not answer.")
        assert "database" in found["alarms"]  # type: ignore[operator]
    finally:
        connections.close_all()


@pytest.mark.django_db
def test_a_probe_may_call_by_any_name_over_plain_http(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for address in ("/health/live", "/health/ready"):
        assert client.get(address, headers={"host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.django_db
def test_the_status_is_there_for_the_token_alone(client: Client, settings: Settings) -> None:
    for wrong in ({}, {"Authorization": TOKEN}, {"Authorization": "Bearer ü"}):
        assert client.get("/health/status", headers=wrong).status_code == 404
    settings.MONITORING_TOKEN = ""
    for given in ({}, INSIDE, {"Authorization": "Bearer "}):
        assert client.get("/health/status", headers=given).status_code == 404


@pytest.mark.django_db
def test_the_embedded_portal_tells_whoever_is_on_this_machine(
    client: Client, settings: Settings, all_live: None
) -> None:
    settings.MONITORING_TOKEN, settings.EMBEDDED = "", True
    assert client.get("/health/status").status_code == 200


def test_all_well_has_no_alarm(client: Client, cast: Cast, all_live: None) -> None:
    code, found = status(client)
    assert (code, found["alarms"], found["queue"]) == (200, [], 0)
    nothing = {"count": 0, "oldest_seconds": 0.0}
    assert found["waiting"] == dict.fromkeys(WORKS, nothing)


def test_a_worker_or_beat_that_was_not_heard_for_a_minute_is_named(
    client: Client, cast: Cast, all_live: None
) -> None:
    cache.set("heartbeat-worker", time.time() - 61, None)
    assert status(client)[1]["alarms"] == ["worker"]
    cache.delete("heartbeat-beat")
    code, found = status(client)
    assert (code, found["alarms"]) == (503, ["worker", "beat"])
    assert client.get("/health/ready").status_code == 200


def test_what_waits_too_long_is_named_with_its_age(
    client: Client, cast: Cast, all_live: None
) -> None:
    Batch.objects.create(kind=BatchKind.BLOCK, by=cast.alice, customer=cast.contoso, key="a")
    Upload.objects.create(by=cast.charlie, customer=cast.adatum, key="b")
    sheet = cast.contoso.sheets.create(
        by=cast.alice, created_at=timezone.now(), expires_at=timezone.now() + timedelta(hours=1)
    )
    Delivery.objects.create(sheet=sheet, to=MailTo.SELF, by=cast.alice)
    assert status(client)[1]["alarms"] == []
    now = timezone.now()
    ago = now - timedelta(minutes=11)
    Batch.objects.update(created_at=ago)
    for model in (Upload, Delivery):
        model.objects.update(waiting_since=ago)
    ScheduleFactory.create(customer=cast.contoso, due_at=ago)
    code, found = status(client)
    assert (code, found["alarms"]) == (503, ["batches", "mails", "uploads", "schedules"])
    oldest = found["waiting"]["uploads"]["oldest_seconds"]  # type: ignore[index]
    # The page rounds to tenths.
    assert 660 <= oldest <= 660.1 + (timezone.now() - now).total_seconds()


def test_without_redis_the_status_says_so(
    client: Client, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path / 'nobody.sock'}"
    code, found = status(client)
    assert (code, found["queue"], found["redis"]) == (503, None, "Redis does not answer.")


@pytest.mark.slow
def test_a_worker_is_heard(worker: Worker) -> None:
    cache.delete("heartbeat-worker")
    wait_for(lambda: heartbeat.silence(heartbeat.WORKER) is not None, "The worker's heartbeat")
