from datetime import UTC, date, datetime, time
from typing import Any

from factory import declarations
from factory.django import DjangoModelFactory

from automation.models import PlanKind, Schedule, SchedulePlan
from customers.models import BatchKind

from .customers import CustomerFactory


class SchedulePlanFactory(DjangoModelFactory[SchedulePlan]):
    class Meta:
        model = SchedulePlan

    customer = declarations.SubFactory(CustomerFactory)
    kind = PlanKind.LEAVE
    key = declarations.Sequence(lambda number: f"plan-{number}")


class ScheduleFactory(DjangoModelFactory[Schedule]):
    """A block of its `people`, on the first of February 2027 at 18:00 UTC."""

    class Meta:
        model = Schedule

    customer = declarations.SubFactory(CustomerFactory)
    kind = BatchKind.BLOCK
    key = declarations.Sequence(lambda number: f"schedule-{number}")
    on = date(2027, 2, 1)
    at = time(18)
    zone = "UTC"
    due_at = datetime(2027, 2, 1, 18, tzinfo=UTC)

    @classmethod
    def _create(cls, model_class: type[Schedule], *args: Any, **kwargs: Any) -> Schedule:
        people = kwargs.pop("people", ())
        schedule: Schedule = super()._create(model_class, *args, **kwargs)
        for user in people:
            schedule.items.create(user=user, customer=schedule.customer)
        return schedule
