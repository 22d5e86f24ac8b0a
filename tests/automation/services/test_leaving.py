"""Plans to remove users: each step now or on its day, once, and as things are by then."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.services import running
from accounts.services.users import remove_users
from automation.models import SchedulePlan
from automation.services.due_running import run_due
from automation.services.keeping.work import settle_customer
from automation.services.leaving import find_plan, plan_leave, run_plan, waiting_of
from automation.services.schedules import move
from customers.errors import AlreadyDone, Refused
from customers.models import Batch, BatchState
from customers.roles import Role
from customers.services.batches import new_key
from tests.accounts.undoing import block
from tests.accounts.verbs import delete, fresh, subscribe
from tests.automation.leaving import ALL, pass_days, planned, stand, states, step_of, undone, wanted
from tests.automation.ruled import kept, put, rule_on
from tests.automation.services.scheduling import in_days
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.log import log
from tests.support.threads import together

GONE: dict[str, Any] = {"blocked": True, "deleted": True, "licenses": []}


@pytest.mark.parametrize("later", list(product([False, True], repeat=3)))
def test_each_step_is_done_now_or_on_its_day(cast: Cast, later: tuple[bool, ...]) -> None:
    mail = subscribe(cast, "Mail", cast.uma)
    ahead = dict(zip(("block", "licenses", "delete"), later, strict=True))
    if ahead["block"] or ahead["licenses"]:
        ahead["delete"] = True
    in_time = {"block": 1, "licenses": 7, "delete": 30}
    days: Any = {kind: in_time[kind] if waits else None for kind, waits in ahead.items()}
    plan = planned(cast, **days)
    assert stand(cast.uma) == {
        "blocked": not ahead["block"],
        "deleted": not ahead["delete"],
        "licenses": ["Mail"] if ahead["licenses"] else [],
    }
    for day, kind in ((2, "block"), (8, "licenses"), (31, "delete")):
        pass_days(day)
        assert states(plan)[kind] == BatchState.DONE
    mail.refresh_from_db()
    assert (stand(cast.uma), mail.assigned, violations()) == (GONE, 0, [])


def test_a_block_signs_out_everywhere_and_a_new_password_is_on_no_sheet(cast: Cast) -> None:
    cast.gives_password(cast.uma)
    plan = planned(cast, block=None, reset=None)
    now = fresh(cast.uma)
    assert (now.session_epoch, now.must_change_password) == (cast.uma.session_epoch + 2, True)
    assert not CredentialSheet.objects.exists()
    assert states(plan) == {"block": BatchState.DONE, "reset": BatchState.DONE}
    # They were asked for, and not scheduled for a day.
    assert set(Batch.objects.values_list("via", "reason")) == {("page", "Ticket 7")}


def test_the_log_has_what_waits_and_what_was_done(cast: Cast) -> None:
    planned(cast, block=None, delete=30)
    assert [line.action for line in log()] == ["schedule.added", "schedule.added", "user.blocked"]


def test_steps_of_one_moment_are_done_in_order(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, delete=None, licenses=None, reset=None, block=None)
    steps = plan.schedules.order_by("batch").values_list("kind", flat=True)
    assert (list(steps), set(states(plan).values())) == (list(ALL), {BatchState.DONE})


def test_a_step_waits_for_the_one_before_that_a_worker_has_not_ended(
    cast: Cast, settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 1
    plan = planned(cast, cast.uma, cast.gail, block=None, delete=None)
    assert states(plan) == {"block": BatchState.WAITING, "delete": "waiting"}
    assert run_due() == 0
    running.run_batch(step_of(plan, "block").batch_id or 0)
    run_plan(plan.pk)
    running.run_batch(step_of(plan, "delete").batch_id or 0)
    assert set(states(plan).values()) == {BatchState.DONE}


def test_a_plan_that_was_not_begun_is_begun_by_the_next_look(cast: Cast) -> None:
    made = plan_leave([cast.uma], wanted(block=None), customer=cast.contoso, actor=cast.alice)
    assert stand(cast.uma)["blocked"] is False
    pass_days(0)
    assert (states(made.plan), stand(cast.uma)["blocked"]) == ({"block": BatchState.DONE}, True)


def test_what_they_were_given_since_is_taken_too(cast: Cast) -> None:
    plan = planned(cast, licenses=7)
    subscribe(cast, "Chat", cast.uma)
    pass_days(8)
    assert (stand(cast.uma)["licenses"], states(plan)) == ([], {"licenses": BatchState.DONE})


def test_what_a_rule_gave_is_taken_for_good_and_comes_back_as_if_given_by_hand(cast: Cast) -> None:
    mail = subscribe(cast, "Mail")
    put(cast, "Sales", cast.uma)
    rule = rule_on(cast, mail)
    assert kept(cast.uma) == [("Mail", "given")]
    plan = planned(cast, licenses=None)
    settle_customer(cast.contoso.pk)
    assert (stand(cast.uma)["licenses"], kept(cast.uma)) == ([], [])
    assert [row.user for row in rule.exceptions.all()] == [cast.uma]
    assert "rule.exception" in [line.action for line in log()]
    undone(plan, cast.alice)
    settle_customer(cast.contoso.pk)
    assert (stand(cast.uma)["licenses"], kept(cast.uma)) == (["Mail"], [])


# Whom it leaves out


def test_who_is_left_out_is_told_with_why(cast: Cast) -> None:
    gone = UserFactory.create(customer=cast.contoso, display_name="Max")
    delete(cast, gone)
    planned(cast, delete=3)
    other = UserFactory.create(customer=cast.contoso)
    made = plan_leave(
        [cast.uma, cast.gail, gone, other],
        wanted(delete=5),
        customer=cast.contoso,
        actor=cast.gail,
    )
    assert set(made.plan.schedules.get().users.all()) == {other}
    said = {row.pk: why for row, _outcome, why in made.left}
    assert said.pop(cast.uma.pk).startswith("Uma is already being removed: planned by Alice on ")
    assert said == {
        cast.gail.pk: "You can't remove yourself.",
        gone.pk: "Max has been deleted by Alice.",
    }
    assert waiting_of([cast.uma.pk, other.pk])[other.pk] == made.plan


def test_nobody_left_is_refused_and_nothing_is_planned(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    with pytest.raises(Refused, match=r"^Gail is an administrator, whom your role can't manage\.$"):
        planned(cast, cast.gail, actor=admin, block=None)
    for actor in (cast.bob, cast.uma):
        with pytest.raises(Refused, match="Your role can't do this"):
            planned(cast, actor=actor, block=None)
    assert not SchedulePlan.objects.exists()


@pytest.mark.parametrize(
    "days, said",
    [
        ({}, "Choose at least one step."),
        ({"block": 9, "delete": 8}, "The other steps come before."),
        ({"licenses": 1, "delete": None}, "The other steps come before."),
    ],
)
def test_steps_that_make_no_sense_are_refused(cast: Cast, days: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        planned(cast, **days)
    assert not SchedulePlan.objects.exists()


# In between


def test_no_step_is_moved_behind_the_deletion(cast: Cast) -> None:
    plan = planned(cast, licenses=7, delete=30)
    deletion, licenses = step_of(plan, "delete"), step_of(plan, "licenses")
    with pytest.raises(Refused, match="deleted before"):
        move(licenses, in_days(400), actor=cast.alice)
    with pytest.raises(Refused, match="other steps come before"):
        move(deletion, in_days(1), actor=cast.alice)
    move(deletion, in_days(500), actor=cast.alice)
    move(licenses, in_days(400), actor=cast.alice)


def test_who_is_deleted_by_hand_is_skipped_by_later_steps_which_say_so(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.contoso)
    subscribe(cast, "Mail", other)
    plan = planned(cast, cast.uma, other, block=1, licenses=7, delete=30)
    delete(cast, cast.uma)
    pass_days(31)
    for kind in ("block", "licenses", "delete"):
        items = dict(step_of(plan, kind).batch.items.values_list("user", "reason"))  # type: ignore[union-attr]
        assert items == {cast.uma.pk: "Uma has been deleted by Alice.", other.pk: ""}


def test_who_is_gone_for_good_leaves_steps_that_say_so(cast: Cast) -> None:
    plan = planned(cast, block=1, delete=30)
    delete(cast, cast.uma)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    pass_days(31)
    assert set(plan.schedules.values_list("state", "refusal")) == {
        ("failed", "These users have been deleted permanently.")
    }


def test_who_became_an_administrator_is_beyond_the_planner_by_then(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    plan = planned(cast, actor=admin, delete=30)
    cast.uma.groups.set(cast.gail.groups.all())
    pass_days(31)
    step = step_of(plan, "delete")
    assert (step.state, stand(cast.uma)["deleted"]) == ("failed", False)
    assert step.refusal == "Uma is an administrator, whom your role can't manage."


def test_a_planner_who_may_no_longer_leaves_it_undone(cast: Cast) -> None:
    plan = planned(cast, actor=cast.gail, block=1)
    block(cast, cast.gail)
    pass_days(2)
    assert step_of(plan, "block").refusal == (
        "Gail, who scheduled this, has been blocked or deleted. Nothing was changed."
    )


def test_a_step_that_is_moved_is_done_on_its_new_day(cast: Cast) -> None:
    plan = planned(cast, block=1, delete=30)
    move(step_of(plan, "delete"), in_days(60), actor=cast.alice)
    pass_days(31)
    assert states(plan) == {"block": BatchState.DONE, "delete": "waiting"}
    pass_days(61)
    assert stand(cast.uma)["deleted"]


# Twice, and two at once


def test_a_second_click_finds_the_first(cast: Cast) -> None:
    key = new_key()
    plan = planned(cast, key=key, block=1)
    with pytest.raises(AlreadyDone) as done:
        planned(cast, key=key, block=1)
    assert done.value.batch == plan == find_plan(key, customer=cast.contoso, actor=cast.alice)
    assert find_plan(key, customer=cast.contoso, actor=cast.gail) is None
    other = UserFactory.create(customer=cast.contoso)
    with pytest.raises(Refused, match="This form is no longer valid"):
        planned(cast, other, actor=cast.gail, key=key, block=1)


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_at_once_one_plans(cast: Cast) -> None:
    key = new_key()
    results = together(
        lambda: planned(cast, key=key, block=None, delete=30),
        lambda: planned(cast, key=key, block=None, delete=30),
        lambda: planned(cast, actor=cast.gail, block=None, delete=30),
    )
    made = [result for result in results if isinstance(result, SchedulePlan)]
    assert (len(made), SchedulePlan.objects.count()) == (1, 1)
    assert {type(result) for result in results} <= {SchedulePlan, AlreadyDone, Refused}
    assert Batch.objects.count() == 1
    assert violations() == []


def test_it_is_due_by_the_customers_clock(cast: Cast) -> None:
    cast.contoso.time_zone = "Asia/Tokyo"
    cast.contoso.save(update_fields=["time_zone"])
    plan = planned(cast, block=3)
    step = step_of(plan, "block")
    assert (step.zone, step.due_at > timezone.now() + timedelta(days=2)) == ("Asia/Tokyo", True)
    assert User.objects.get(pk=cast.uma.pk).blocked_at is None
