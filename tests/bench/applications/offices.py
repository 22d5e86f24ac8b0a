"""What both parts are measured at: a customer of so many people, and a worker as in production."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from accounts.models import User
from customers import scope
from customers.models import Customer
from tests.bench.clock import processor_time
from tests.bench.population import STAFF, Population
from tests.bench.stage import Stage
from tests.support.postgres import application_url
from tests.support.servers import Worker

PEOPLE = 10_000


class _Worker(Worker):
    """Two processes, as `deploy/start worker` has."""

    pool = ("--concurrency=2",)

    def spent(self) -> float:
        """Seconds of a processor of all its processes since their start."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return sum(map(processor_time, [self.process.pid, *map(int, children.split())]))


def population(stage: Stage) -> Population:
    return Population("office", ((stage.users(PEOPLE, 60), 0), (50, 0)))


@contextlib.contextmanager
def worker(url: str, folder: Path, allowed: list[str]) -> Iterator[_Worker]:
    """A worker that may connect to these origins."""
    made = _Worker(
        folder / "worker.log",
        database=application_url(url),
        broker=os.environ["REDIS_URL"],
        mail=os.environ["EMAIL_URL"],
    )
    made.environment |= {
        "EGRESS_ALLOW": ",".join(allowed),
        "DJANGO_SETTINGS_MODULE": "partnerportal.settings",
    }
    made.start()
    try:
        yield made
    finally:
        made.stop()


@scope.within(scope.TASKS)
def everyone() -> tuple[Customer, User, list[User]]:
    """The customer, who looks after it, and all of its people, none of them blocked."""
    customer = Customer.objects.select_related("partner").get(pk=1)
    User.objects.filter(customer=1).update(
        blocked_at=None, must_change_password=False, temporary_password_set_at=None
    )
    people = list(User.objects.active().filter(customer=1).order_by("pk"))
    return customer, User.objects.get(pk=STAFF), people
