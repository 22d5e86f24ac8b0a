"""Undo of switching a rule on or off: the rule is switched back, and what that came to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.invariants import violations
from accounts.services.undo import plan_undo, undo_batch
from accounts.services.undo import why_not as why_no_undo
from automation.models import LicenseRule, Unsettled
from automation.services.keeping.work import find_drift, settle_customer
from automation.services.rule_switching import remove_rule, switch_off, switch_on
from automation.services.rules import add_rule, change_rule
from automation.services.undo_rules import ONLY_SWITCHES, rule_of
from customers.errors import Refused
from customers.models import Batch
from licensing.models import Subscription
from tests.accounts.verbs import delete, held, subscribe
from tests.automation.ruled import draft, put, rule_on
from tests.support.cast import Cast


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    put(cast, "Sales", cast.uma)
    return subscribe(cast, "Teams")


def switched_on(cast: Cast, *pools: Subscription) -> tuple[LicenseRule, Batch]:
    rule = add_rule(draft(*pools), customer=cast.contoso, actor=cast.alice)
    return rule, switch_on(rule, actor=cast.alice)


def test_the_page_says_what_happens_to_the_rule_and_for_how_many(
    cast: Cast, teams: Subscription
) -> None:
    rule, on = switched_on(cast, teams)
    assert rule_of(on) == rule
    assert plan_undo(on, actor=cast.alice).points == [
        "The rule “Sales” is switched off, and what it alone gave is taken.",
        "1 user had a license from it or lost one then.",
    ]
    off = switch_off(rule, actor=cast.alice)
    assert plan_undo(off, actor=cast.alice).points[0] == (
        "The rule “Sales” is switched on again, and gives what it gave."
    )


def test_switched_on_again_newcomers_are_those_who_were_it(cast: Cast, teams: Subscription) -> None:
    rule = rule_on(cast, teams, newcomers=True)
    long_ago = timezone.now() - timedelta(days=30)
    LicenseRule.objects.update(on_since=long_ago)
    assert find_drift() == 1
    off = switch_off(rule, actor=cast.alice)
    assert held(cast.uma) == []
    undo_batch(off, actor=cast.alice)
    rule.refresh_from_db()
    assert (rule.is_on, rule.on_since) == (True, long_ago)
    assert held(cast.uma) == [("Teams", [])]


def test_whom_the_rule_came_to_since_is_looked_at_after_the_undo(
    cast: Cast, teams: Subscription
) -> None:
    _rule, on = switched_on(cast, teams)
    put(cast, "Sales", cast.gail)
    settle_customer(cast.contoso.pk)
    undo_batch(on, actor=cast.alice)
    assert (held(cast.uma), held(cast.gail)) == ([], [("Teams", [])])
    assert Unsettled.objects.filter(customer=cast.contoso, is_whole=True).exists()
    settle_customer(cast.contoso.pk)
    assert held(cast.gail) == []
    assert violations() == []


def test_who_is_deleted_by_then_is_left_out(cast: Cast, teams: Subscription) -> None:
    put(cast, "Sales", cast.gail)
    _rule, on = switched_on(cast, teams)
    delete(cast, cast.gail)
    plan = plan_undo(on, actor=cast.alice)
    assert [row.pk for row in plan.users] == [cast.uma.pk]
    assert [row.pk for row, _outcome, _why in plan.left] == [cast.gail.pk]


def test_a_rule_that_was_switched_since_or_is_gone_is_left_alone(
    cast: Cast, teams: Subscription
) -> None:
    rule, on = switched_on(cast, teams)
    switch_off(rule, actor=cast.alice)
    with pytest.raises(Refused, match="has since been switched"):
        undo_batch(on, actor=cast.alice)
    remove_rule(rule, actor=cast.alice)
    with pytest.raises(Refused) as caught:
        undo_batch(on, actor=cast.alice)
    assert caught.value.code == "rule-gone"


def test_only_a_switch_is_taken_back_as_one(cast: Cast, teams: Subscription) -> None:
    rule, on = switched_on(cast, teams)
    changed = change_rule(rule, draft(teams, off=["CHAT"]), actor=cast.alice)
    assert changed is not None
    assert why_no_undo(changed) == str(ONLY_SWITCHES)
    # As lists load it, without the request.
    listed = Batch.objects.for_list().in_bulk([changed.pk, on.pk])
    assert why_no_undo(listed[changed.pk]) == str(ONLY_SWITCHES)
    assert why_no_undo(listed[on.pk]) == ""
