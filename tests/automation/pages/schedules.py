"""The pages of what is scheduled, on the demo's data."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services.running import run_batch
from automation.due import due_at
from automation.models import Schedule, ScheduleState
from automation.services.schedules import cancel_schedule, run_now, schedule
from customers.models import BatchKind, Customer
from tests.factories import ScheduleFactory
from tests.support.page_of import PageOf, url

# Of one schedule of users whom to manage a role is needed.
SCHEDULE = {f"automation:schedule-{name}" for name in ("cancel", "detail", "drop", "move", "run")}
# They act and lead on.
BUTTONS = {"automation:schedule-drop"}


def pages_of_schedules(customer: Customer, admin: User) -> list[PageOf]:
    """Of what waits, was done, failed and was canceled; and of none."""
    empty = Customer.objects.filter(partner=customer.partner).exclude(pk=customer.pk)[0]
    users = list(customer.users.filter(deleted_at=None, blocked_at=None).order_by("pk")[3:8])
    ids = [user.pk for user in users]
    due = due_at(timezone.now() + timedelta(days=30), "Europe/Berlin")
    whose: dict[str, Any] = {"customer": customer, "actor": admin, "due": due}
    waiting = schedule(BatchKind.BLOCK, ids, reason="Ticket 4711", **whose)
    one = schedule(BatchKind.CHANGE, ids[:1], request={"fields": {"department": "Sales"}}, **whose)
    done = schedule(BatchKind.ALLOW, ids[:2], **whose)
    run_batch(run_now(done, actor=admin).pk)
    canceled = cancel_schedule(schedule(BatchKind.BLOCK, ids[:3], **whose), actor=admin)
    failed = ScheduleFactory.create(
        customer=customer,
        by=admin,
        people=users[:2],
        state=ScheduleState.FAILED,
        refusal="The role of Alice, who scheduled this, can no longer do it. Nothing was changed.",
    )
    listed = "automation:schedule-customer"
    of_customer = {"customer": customer.pk}
    return [
        PageOf(listed, url(listed, of_customer)),
        PageOf(listed, url(listed, of_customer, show="past"), variant="past"),
        PageOf(listed, url(listed, {"customer": empty.pk}), variant="none"),
        PageOf("automation:schedule-list", url("automation:schedule-list")),
        PageOf(
            "automation:schedule-list", url("automation:schedule-list", show="past"), variant="past"
        ),
        *(PageOf(name, url(name, {"schedule": waiting.pk})) for name in sorted(SCHEDULE - BUTTONS)),
        *(
            _of("automation:schedule-detail", named, made)
            for named, made in {
                "one": one,
                "done": done,
                "canceled": canceled,
                "failed": failed,
            }.items()
        ),
        PageOf(
            "accounts:user-detail",
            url("accounts:user-detail", {**of_customer, "user": ids[0]}),
            variant="scheduled",
        ),
    ]


def _of(name: str, variant: str, made: Schedule) -> PageOf:
    return PageOf(name, url(name, {"schedule": made.pk}), variant=variant)
