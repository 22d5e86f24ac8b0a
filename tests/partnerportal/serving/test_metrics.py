"""What Prometheus reads: figures of pages, tasks and works, and nothing about anybody."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.services.licenses import LicenseChange, change_licenses
from accounts.tasks import requeue_batches
from customers.models import Batch, BatchKind
from licensing.errors import SeatsShort
from tests.factories import SubscriptionFactory
from tests.patience import wait_for
from tests.support.cast import Cast
from tests.support.servers import BASE_DIR, Worker, free_port

TOKEN = "for-monitoring-in-tests-" * 2
INSIDE = {"Authorization": f"Bearer {TOKEN}"}
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.MONITORING_TOKEN = TOKEN


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_page_and_not_by_address(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    labels = {"view": "accounts:user-list", "method": "GET", "status": "200"}
    before = counted("portal_requests_total", **labels)
    for customer in (cast.contoso, cast.northwind):
        client.get(f"/customers/{customer.pk}/users/", {"q": "Ada Lovelace"})
    assert counted("portal_requests_total", **labels) == before + 2
    text = client.get("/metrics", headers=INSIDE).content.decode()
    assert "portal_request_seconds_bucket" in text
    for word in ("Lovelace", "Alice", "fabrikam", "contoso", f"/{cast.contoso.pk}/"):
        assert word not in text


def test_a_stranger_makes_no_label(client: Client, db: None) -> None:
    client.generic("BREW", "/pot/of/coffee")
    labels = {"view": "none", "method": "other", "status": "405"}
    assert counted("portal_requests_total", **labels) >= 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_of_interfaces_is_counted_by_its_name(
    client: Client, db: None, method: str
) -> None:
    labels = {"view": "none", "method": method, "status": "405"}
    before = counted("portal_requests_total", **labels)
    client.generic(method, "/")
    assert counted("portal_requests_total", **labels) == before + 1


def test_metrics_are_there_for_the_token_alone(client: Client, db: None) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers=INSIDE).status_code == 200


def test_wrong_sign_ins_and_refused_seats_are_counted(client: Client, cast: Cast) -> None:
    before = counted("portal_sign_ins_failed_total"), counted("portal_seats_refused_total")
    client.post("/accounts/login/", {"login": cast.bob.user_name, "password": "not-the-one"})
    full = SubscriptionFactory.create(customer=cast.contoso, quantity=0)
    with pytest.raises(SeatsShort):
        change_licenses(
            [cast.uma],
            {full.pk: LicenseChange(have=True)},
            customer=cast.contoso,
            actor=cast.alice,
        )
    after = counted("portal_sign_ins_failed_total"), counted("portal_seats_refused_total")
    assert after[0] == before[0] + 1
    # Once when it is checked, once more when it is written.
    assert before[1] < after[1] <= before[1] + 2


def test_what_waits_is_told_when_it_is_asked(client: Client, cast: Cast) -> None:
    Batch.objects.create(kind=BatchKind.BLOCK, by=cast.alice, customer=cast.contoso, key="a")
    found = samples(client.get("/metrics", headers=INSIDE).content.decode())
    assert found["portal_waiting", (("work", "batches"),)] == 1
    assert found["portal_oldest_waiting_seconds", (("work", "uploads"),)] == 0
    assert found["portal_up", (("service", "database"),)] == 1
    assert found["portal_up", (("service", "redis"),)] == 1
    assert found["portal_silence_seconds", (("who", "beat"),)] == float("inf")
    assert found["portal_queue_length", ()] == 0


@pytest.mark.once
@pytest.mark.slow
def test_a_worker_shows_its_tasks_at_a_port_of_its_own(
    transactional_db: None,
    make_worker: Callable[[], Worker],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    port = free_port()
    given = {"METRICS_PORT": str(port), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for name, value in (given | {"MONITORING_TOKEN": TOKEN}).items():
        monkeypatch.setenv(name, value)
    worker = make_worker()
    address = f"http://127.0.0.1:{port}/"
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        urllib.request.urlopen(address)
    refused.value.close()

    def told() -> Samples:
        request = urllib.request.Request(address, headers=INSIDE)
        with urllib.request.urlopen(request) as answer:
            return samples(answer.read().decode())

    task = ("task", "accounts.tasks.requeue_batches")
    done = ("portal_tasks_total", (("state", "success"), task))

    def counted_here() -> bool:
        # The worker of other tests may be quicker.
        requeue_batches.delay()
        worker.wait_until_idle()
        return done in told()

    try:
        wait_for(counted_here, "The count")
        assert told()["portal_task_seconds_count", (task,)] == told()[done]
    finally:
        # It would take the tasks of later tests.
        worker.stop()


@pytest.mark.once
@pytest.mark.long
def test_processes_that_share_a_folder_count_together(tmp_path: Path) -> None:
    code = """
import django; django.setup()
from partnerportal.serving import metrics
metrics.SIGN_INS_FAILED.inc()
print(metrics.counted().decode())
"""
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    texts = [
        subprocess.check_output(
            [sys.executable, "-c", code], cwd=BASE_DIR, env=environment, text=True
        )
        for _process in range(2)
    ]
    assert [samples(text)["portal_sign_ins_failed_total", ()] for text in texts] == [1, 2]
