"""Switching rules on and off, and removing them."""

import pytest
from pytest_django import Settings

from accounts.invariants import violations
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.running import run_batch
from accounts.services.undo import undo_batch
from automation.models import KeptLicense, LicenseRule, Unsettled
from automation.services.keeping.work import settle_customer
from automation.services.rule_switching import remove_rule, switch_off, switch_on
from automation.services.rules import add_rule
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, BatchState
from tests.accounts.verbs import delete, held, restore, subscribe
from tests.automation.ruled import draft, kept, put, rule_on
from tests.factories import assign
from tests.support.cast import Cast


def test_switched_on_it_gives_what_it_gives(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    put(cast, "Sales", cast.uma)
    rule = add_rule(draft(teams, off=["CHAT"]), customer=cast.contoso, actor=cast.alice)
    batch = switch_on(rule, actor=cast.alice, key="k")
    assert (batch.state, batch.done, batch.by) == (BatchState.DONE, 1, cast.alice)
    assert held(cast.uma) == [("Teams", ["CHAT"])]
    assert held(cast.gail) == []
    assert kept(cast.uma) == [("Teams", "given")]
    event = AuditEvent.objects.get(action="license.assigned")
    assert (event.reason, event.batch_id) == ("License rule: Sales", batch.pk)
    with pytest.raises(AlreadyDone):
        switch_on(rule, actor=cast.alice, key="k")
    with pytest.raises(Refused, match="already on"):
        switch_on(rule, actor=cast.alice)
    assert violations() == []


def test_who_comes_and_goes_has_it_and_loses_it(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    rule_on(cast, teams)
    put(cast, "Sales", cast.uma, cast.gail)
    assert held(cast.uma) == held(cast.gail) == [("Teams", [])]
    put(cast, "HR", cast.uma)
    assert held(cast.uma) == []
    assert kept(cast.uma) == []
    delete(cast, cast.gail)
    teams.refresh_from_db()
    assert teams.assigned == 0
    restore(cast, cast.gail)
    assert held(cast.gail) == [("Teams", [])]
    assert kept(cast.gail) == [("Teams", "given")]
    put(cast, "HR", cast.gail)
    assert held(cast.gail) == []
    assert violations() == []


def test_who_has_it_by_hand_keeps_it(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    rule = rule_on(cast, teams)
    put(cast, "Sales", cast.uma, cast.gail)
    assert (kept(cast.uma), kept(cast.gail)) == ([], [("Teams", "given")])
    put(cast, "HR", cast.uma)
    assert held(cast.uma) == [("Teams", [])]
    switch_off(rule, actor=cast.alice)
    assert (held(cast.uma), held(cast.gail)) == ([("Teams", [])], [])


def test_switched_off_it_can_leave_the_licenses(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    rule = rule_on(cast, teams)
    put(cast, "Sales", cast.uma, cast.gail)
    delete(cast, cast.gail)
    switch_off(rule, actor=cast.alice, keep=True)
    assert held(cast.uma) == [("Teams", [])]
    assert KeptLicense.objects.count() == 0
    restore(cast, cast.gail)
    assert held(cast.gail) == [("Teams", [])]
    assert kept(cast.gail) == []


def test_a_batch_that_waited_and_changes_nothing_counts_nobody(
    cast: Cast, settings: Settings
) -> None:
    rule = rule_on(cast, subscribe(cast))
    put(cast, "Sales", cast.uma, cast.gail)
    settings.PEOPLE_AT_ONCE = 1
    batch = switch_off(rule, actor=cast.alice, keep=True)
    assert batch.total == 2
    run_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.total, batch.done) == (BatchState.DONE, 0, 0)
    assert violations() == []


def test_seats_are_given_in_order(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", quantity=1)
    rule_on(cast, teams)
    put(cast, "Sales", cast.gail)
    put(cast, "Sales", cast.uma)
    assert kept(cast.uma) == [("Teams", "waiting")]
    assert held(cast.uma) == []
    put(cast, "HR", cast.gail)
    assert Unsettled.objects.count() == 1
    assert settle_customer(cast.contoso.pk) == 1
    assert held(cast.uma) == [("Teams", [])]
    assert Unsettled.objects.count() == 0
    assert violations() == []


def test_undo_takes_back_and_switches_off(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    put(cast, "Sales", cast.uma)
    rule = add_rule(draft(teams), customer=cast.contoso, actor=cast.alice)
    on = switch_on(rule, actor=cast.alice)
    put(cast, "Sales", cast.gail)
    off = undo_batch(on, actor=cast.alice)
    rule.refresh_from_db()
    assert not rule.is_on
    assert held(cast.uma) == []
    settle_customer(cast.contoso.pk)
    assert held(cast.gail) == []
    assert off.undo_of == on


def test_removed_it_is_gone(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    rule = rule_on(cast, teams)
    put(cast, "Sales", cast.uma)
    remove_rule(rule, actor=cast.alice)
    assert held(cast.uma) == []
    assert not LicenseRule.objects.exists()
    assert violations() == []


def test_a_license_by_rule_is_not_taken_by_hand(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    rule_on(cast, teams)
    put(cast, "Sales", cast.uma)
    lose = {teams.pk: LicenseChange(have=False)}
    with pytest.raises(Refused, match="Sales") as refused:
        change_licenses([cast.uma], lose, customer=cast.contoso, actor=cast.alice)
    assert refused.value.code == "license-by-rule"
    assign(teams, cast.gail)
    change_licenses([cast.gail], lose, customer=cast.contoso, actor=cast.alice)
    assert (held(cast.uma), held(cast.gail)) == ([("Teams", [])], [])
