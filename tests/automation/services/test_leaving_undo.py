"""The undo of a whole plan: what waits is canceled, what was done is taken back if it can be."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from accounts.services.undo import undo_batch
from accounts.services.users import remove_users
from automation.models import Schedule, SchedulePlan
from automation.services.leaving import run_plan
from automation.services.leaving_undo import (
    ask_to_undo,
    go_on,
    go_on_undoing,
    undo_plan,
    why_no_undo,
)
from customers.errors import Refused
from customers.models import Batch, BatchState
from customers.roles import Role
from customers.services.batches import new_key
from tests.accounts.undoing import HAVE, allow, give
from tests.accounts.verbs import fresh, subscribe
from tests.automation.leaving import pass_days, planned, stand, states, step_of, undone
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.log import log
from tests.support.threads import together

THERE = {"blocked": False, "deleted": False}


def again(plan: SchedulePlan) -> SchedulePlan:
    return SchedulePlan.objects.select_related("undo_by").get(pk=plan.pk)


def refusals(plan: SchedulePlan) -> dict[str, str]:
    noted = plan.schedules.exclude(undo_refusal="")
    return dict(noted.values_list("kind", "undo_refusal"))


def past(plan: SchedulePlan, days: float) -> None:
    """Let so many days have passed since its steps were done."""
    by = timedelta(days=days)
    for batch in Batch.objects.filter(schedule__plan=plan):
        Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - by)


def test_what_waits_is_canceled_and_what_was_done_is_taken_back(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, block=None, licenses=7, delete=30)
    pass_days(8)
    undone(plan, cast.gail)
    assert stand(cast.uma) == {**THERE, "licenses": ["Mail"]}
    assert states(plan) == {
        "block": BatchState.DONE,
        "licenses": BatchState.DONE,
        "delete": "canceled",
    }
    assert step_of(plan, "delete").refusal == "Canceled by Gail."
    assert [line.action for line in log()][-3:] == [
        "schedule.canceled",
        "license.assigned",
        "user.allowed",
    ]
    assert why_no_undo(again(plan)).startswith("Undone by Gail on ")


def test_who_is_deleted_comes_back_first_and_all_else_after(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, block=None, reset=None, licenses=None, delete=None)
    assert stand(cast.uma) == {"blocked": True, "deleted": True, "licenses": []}
    undone(plan, cast.alice)
    assert stand(cast.uma) == {**THERE, "licenses": ["Mail"]}
    assert refusals(plan) == {"reset": "Reset password can't be undone."}


def test_licenses_come_back_as_far_as_seats_are_free(cast: Cast) -> None:
    mail = subscribe(cast, "Mail", cast.uma, quantity=1)
    plan = planned(cast, block=None, delete=None)
    give(cast, [cast.gail], {mail: HAVE})
    undone(plan, cast.alice)
    assert stand(cast.uma) == {**THERE, "licenses": []}
    restore = step_of(plan, "delete").undo
    assert restore is not None
    assert [item.reason for item in restore.items.all()] == ["Mail: no seats left."]


def test_licenses_that_were_taken_alone_come_back_for_whom_a_seat_is_free(cast: Cast) -> None:
    one, two = UserFactory.create_batch(2, customer=cast.contoso)
    mail = subscribe(cast, "Mail", one, two, quantity=2)
    plan = planned(cast, one, two, licenses=None)
    give(cast, [cast.gail], {mail: HAVE})
    undone(plan, cast.alice)
    assert [len(stand(user)["licenses"]) for user in (one, two)] in ([0, 1], [1, 0])
    undo = step_of(plan, "licenses").undo
    assert undo is not None
    assert (undo.done, undo.failed) == (1, 1)


def test_a_step_that_nobody_can_take_back_says_why_and_the_others_go_on(cast: Cast) -> None:
    mail = subscribe(cast, "Mail", cast.uma, quantity=1)
    plan = planned(cast, block=None, licenses=None)
    give(cast, [cast.gail], {mail: HAVE})
    undone(plan, cast.alice)
    assert stand(cast.uma) == {**THERE, "licenses": []}
    assert refusals(plan) == {"licenses": "Mail: no seats left."}


def test_a_step_that_was_undone_by_itself_is_left_at_that(cast: Cast) -> None:
    plan = planned(cast, block=None, delete=30)
    batch = step_of(plan, "block").batch
    assert batch is not None
    undo_batch(batch, actor=cast.gail)
    undone(plan, cast.alice)
    assert stand(cast.uma)["blocked"] is False
    assert refusals(plan)["block"].startswith("Undone by Gail on ")


def test_who_was_allowed_in_between_and_who_is_gone_are_left_out(cast: Cast) -> None:
    gone, other = UserFactory.create_batch(2, customer=cast.contoso)
    plan = planned(cast, cast.uma, gone, other, block=None, delete=None)
    remove_users([gone], customer=cast.contoso, actor=cast.alice)
    undone(plan, cast.alice)
    assert (stand(cast.uma), stand(other)) == ({**THERE, "licenses": []},) * 2
    block = planned(cast, cast.uma, other, block=None)
    allow(cast, cast.uma, actor=cast.gail)
    undone(block, cast.alice)
    undo = step_of(block, "block").undo
    assert undo is not None
    said = dict(undo.items.values_list("user", "reason"))
    assert said[cast.uma.pk].startswith("Uma has since been changed by Gail: Allow sign-in, ")
    assert said[other.pk] == ""


def test_it_can_be_undone_as_long_as_the_last_step_can(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, block=None, licenses=None, delete=None)
    past(plan, 29)
    first = step_of(plan, "block").batch_id or 0
    long_ago = timezone.now() - timedelta(days=60)
    Batch.objects.filter(pk=first).update(finished_at=long_ago)
    undone(plan, cast.alice)
    assert stand(cast.uma) == {**THERE, "licenses": ["Mail"]}


def test_later_there_is_no_undo(cast: Cast) -> None:
    plan = planned(cast, block=None)
    past(plan, 31)
    with pytest.raises(Refused, match=r"^The time to undo is over: 30 days\.$"):
        ask_to_undo(plan, actor=cast.alice)


def test_nothing_done_is_nothing_to_undo(cast: Cast) -> None:
    plan = planned(cast, block=1)
    undone(plan, cast.alice)
    assert (states(plan), stand(cast.uma)["blocked"]) == ({"block": "canceled"}, False)
    nothing = planned(cast, block=1)
    remove = planned(cast, cast.gail, reset=None)
    assert why_no_undo(again(remove)) == "Reset password can't be undone."
    for step in nothing.schedules.all():
        Schedule.objects.filter(pk=step.pk).update(state="failed", ended_at=timezone.now())
    assert why_no_undo(again(nothing)) == "Nothing of it was done, so there is nothing to undo."


# Who


def test_who_may_not_do_a_step_cancels_none(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    plan = planned(cast, cast.uma, cast.gail, block=1, delete=30)
    with pytest.raises(Refused, match="Administrators are in this schedule"):
        ask_to_undo(plan, actor=admin)
    with pytest.raises(Refused, match="Your role can't do this"):
        ask_to_undo(plan, actor=cast.bob)
    assert set(states(plan).values()) == {"waiting"}
    assert again(plan).undo_at is None


def test_whose_account_is_gone_by_then_undoes_nothing_more(cast: Cast, settings: Settings) -> None:
    plan = planned(cast, block=None)
    ask_to_undo(plan, actor=cast.gail)
    SchedulePlan.objects.filter(pk=plan.pk).update(undo_by=None)
    assert undo_plan(plan.pk)
    assert refusals(plan) == {
        "block": "The account of the user who asked for this no longer exists."
    }


# Many, killed workers, and two at once


def test_many_are_taken_back_by_workers_step_by_step(cast: Cast, settings: Settings) -> None:
    other = UserFactory.create(customer=cast.contoso)
    subscribe(cast, "Mail", cast.uma, cast.gail, other)
    plan = planned(cast, cast.uma, other, block=None, licenses=None, delete=None)
    settings.PEOPLE_AT_ONCE = 1
    ask_to_undo(plan, actor=cast.alice)
    for kind in ("delete", "licenses", "block"):
        assert not undo_plan(plan.pk)
        assert go_on_undoing() == 1
        undo = step_of(plan, kind).undo
        assert undo is not None
        assert undo.state == BatchState.WAITING
        running.run_batch(undo.pk)
        go_on(plan.pk)
    assert go_on_undoing() == 0
    assert stand(cast.uma) == {**THERE, "licenses": ["Mail"]}
    assert again(plan).undone_at is not None
    assert violations() == []


def test_an_undo_that_a_worker_was_refused_says_so(cast: Cast, settings: Settings) -> None:
    other = UserFactory.create(customer=cast.contoso)
    plan = planned(cast, cast.uma, other, block=None)
    settings.PEOPLE_AT_ONCE = 1
    ask_to_undo(plan, actor=cast.alice)
    undo_plan(plan.pk)
    allow(cast, cast.uma, other, actor=cast.gail)
    undo = step_of(plan, "block").undo
    assert undo is not None
    running.run_batch(undo.pk)
    assert undo_plan(plan.pk)
    assert "has since been changed by Gail" in refusals(plan)["block"]


def test_a_step_that_has_not_begun_in_its_worker_is_canceled(
    cast: Cast, settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 1
    other = UserFactory.create(customer=cast.contoso)
    plan = planned(cast, cast.uma, other, block=None, delete=None)
    undone(plan, cast.alice)
    assert states(plan) == {"block": BatchState.CANCELED, "delete": "canceled"}
    run_plan(plan.pk)
    assert stand(cast.uma)["blocked"] is False


def test_a_step_under_way_is_waited_for(cast: Cast) -> None:
    plan = planned(cast, block=None)
    pk = step_of(plan, "block").batch_id or 0
    Batch.objects.filter(pk=pk).update(state=BatchState.RUNNING)
    ask_to_undo(plan, actor=cast.alice)
    assert not undo_plan(plan.pk)
    Batch.objects.filter(pk=pk).update(state=BatchState.DONE)
    assert undo_plan(plan.pk)
    assert stand(cast.uma)["blocked"] is False


def test_the_same_form_twice_asks_once_and_another_is_refused(cast: Cast) -> None:
    plan, key = planned(cast, block=None), new_key()
    first = ask_to_undo(plan, actor=cast.alice, key=key)
    assert ask_to_undo(plan, actor=cast.alice, key=key).undo_at == first.undo_at
    with pytest.raises(Refused, match=r"^Being undone: Alice asked for it on "):
        ask_to_undo(plan, actor=cast.gail)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_undo_it_once(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    plan = planned(cast, block=None, licenses=None, delete=None)

    def undo(actor: User) -> bool:
        ask_to_undo(plan, actor=actor)
        return undo_plan(plan.pk)

    together(lambda: undo(cast.alice), lambda: undo(cast.gail), lambda: go_on_undoing() >= 0)
    assert undo_plan(plan.pk)
    assert Batch.objects.exclude(undo_of=None).count() == 3
    assert stand(cast.uma) == {**THERE, "licenses": ["Mail"]}
    assert violations() == []


@pytest.mark.django_db(transaction=True)
def test_an_undo_and_a_step_that_is_due_come_one_after_the_other(cast: Cast) -> None:
    plan = planned(cast, block=1)
    together(lambda: ask_to_undo(plan, actor=cast.alice), lambda: pass_days(2))
    pass_days(2)
    undo_plan(plan.pk)
    assert fresh(cast.uma).blocked_at is None
    assert again(plan).undone_at is not None
