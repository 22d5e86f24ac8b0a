"""How schedules are called where a row stands alone, as in the log."""

from tests.factories import ScheduleFactory, SchedulePlanFactory
from tests.support.cast import Cast


def test_rows_say_what_they_are(cast: Cast) -> None:
    plan = SchedulePlanFactory.create(customer=cast.contoso)
    made = ScheduleFactory.create(customer=cast.contoso, people=[cast.uma])
    assert str(made) == f"Block sign-in ({made.pk})"
    assert str(plan) == f"Remove user ({plan.pk})"
    assert str(made.items.get()) == f"{made.pk}/{cast.uma.pk}"
