"""Plans as their pages show them: each step, its state, and what came of it."""

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.services.users import block_users
from automation.models import Schedule, SchedulePlan
from automation.queries.leave_plans import (
    PlanRow,
    last_plan_of,
    plans_for_list,
    rows_of,
    users_of,
)
from automation.services.leaving_undo import ask_to_undo
from customers.models import Batch, BatchState
from customers.services.batches import new_key
from tests.accounts.verbs import delete, subscribe
from tests.automation.leaving import pass_days, planned, step_of, undone
from tests.factories import UserFactory
from tests.support.cast import Cast


def told(plan: SchedulePlan) -> dict[str, tuple[str, list[str]]]:
    return {
        row.schedule.kind: (str(row.state[1]), [text for text, _url in row.told])
        for row in rows_of(plan)
    }


def test_a_step_tells_its_state_and_what_came_of_it(cast: Cast) -> None:
    gone = UserFactory.create(customer=cast.contoso, display_name="Max")
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, cast.uma, gone, block=None, licenses=1, delete=30)
    delete(cast, gone)
    pass_days(2)
    assert told(plan) == {
        "block": ("Done", ["2 users updated.", "2 users signed out everywhere."]),
        "licenses": ("Done", ["1 user updated.", "1 user was not changed; see why."]),
        "delete": ("Scheduled", []),
    }
    undone(plan, cast.alice)
    assert told(plan)["delete"] == ("Canceled", ["Canceled by Alice."])
    state, texts = told(plan)["block"]
    assert (state, texts[-2:]) == (
        "Undone",
        ["Undone for 1 user.", "1 user was not changed; see why."],
    )


def test_a_step_that_changed_nothing_says_that_all_was_so_before(cast: Cast) -> None:
    plan = planned(cast, block=1)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice, key=new_key())
    pass_days(2)
    assert told(plan) == {"block": ("Done", ["1 user needed no change."])}


def test_a_step_that_failed_or_works_or_was_not_undone_says_so(cast: Cast) -> None:
    plan = planned(cast, block=None, reset=None, delete=30)
    pk = step_of(plan, "block").batch_id or 0
    Batch.objects.filter(pk=pk).update(state=BatchState.RUNNING)
    Schedule.objects.filter(plan=plan, kind="delete").update(
        state="failed", refusal="No.", refusal_said=None
    )
    found = told(plan)
    assert (found["block"], found["delete"]) == (("In progress", []), ("Not done", ["No."]))
    Batch.objects.filter(pk=pk).update(state=BatchState.DONE)
    undone(plan, cast.alice)
    assert told(plan)["reset"][1][-1] == "Not undone: Reset password can't be undone."


def test_a_list_names_the_first_and_what_comes_next(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two = UserFactory.create_batch(2, customer=cast.contoso)
    planned(cast, block=None)
    planned(cast, one, two, block=1, delete=30)
    canceled = planned(cast, cast.gail, delete=30)
    undone(canceled, cast.alice)
    with django_assert_num_queries(2):
        rows = [PlanRow(plan) for plan in plans_for_list(cast.contoso)]
        found = [(row.names, str(row.state[1])) for row in rows]
    first = min((one, two), key=lambda user: (user.sort_name, user.pk))
    assert found == [
        ("Gail", "Undone"),
        (f"{first.display_name} and 1 more", "Scheduled"),
        ("Uma", "Done"),
    ]
    assert [row.next_step and row.next_step.schedule.kind for row in rows] == [None, "block", None]


def test_a_plan_that_failed_was_canceled_or_lost_its_users_says_so(cast: Cast) -> None:
    plan = planned(cast, block=1)

    def row() -> tuple[str, str]:
        [found] = plans_for_list(cast.contoso)
        return PlanRow(found).names, str(PlanRow(found).state[1])

    for state, word in (("failed", "Not done"), ("canceled", "Canceled")):
        plan.schedules.update(state=state, ended_at=timezone.now())
        assert row() == ("Uma", word)
    SchedulePlan.objects.filter(pk=plan.pk).update(undo_at=timezone.now())
    plan.schedules.get().items.all().delete()
    assert row() == ("Users who have been deleted permanently", "In progress")


def test_the_last_plan_of_a_user_is_one_that_stands(cast: Cast) -> None:
    assert last_plan_of(cast.uma) is None
    plan = planned(cast, block=1)
    assert last_plan_of(cast.uma) == plan
    assert list(users_of(plan)) == [cast.uma]
    ask_to_undo(plan, actor=cast.alice)
    assert last_plan_of(cast.uma) == plan
    undone(planned(cast, cast.gail, block=1), cast.alice)
    assert last_plan_of(cast.gail) is None
