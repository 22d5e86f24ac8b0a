"""Taking by hand what a rule gives: refused, or with an exception at once."""

from typing import Any

import pytest

from accounts.invariants import violations
from accounts.queries.filters import UserFilter
from accounts.services.licenses import LicenseChange, change_licenses, take_all_licenses
from accounts.services.undo import undo_batch
from automation.models import KeptLicense, RuleException
from automation.queries.rules import by_rule
from automation.services.despite_rules import change_licenses_with_exceptions
from automation.services.rule_switching import switch_off
from customers.errors import Refused
from customers.models import AuditEvent
from licensing.models import Subscription
from tests.accounts.verbs import held, subscribe
from tests.automation.ruled import put, rule_on
from tests.factories import assign
from tests.support.cast import Cast

LOSE, QUIET = LicenseChange(have=False), LicenseChange(switch_off=frozenset({"CHAT"}))


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    return subscribe(cast, "Teams")


def exceptions() -> set[tuple[str, int]]:
    return set(RuleException.objects.values_list("rule__name", "user"))


@pytest.mark.parametrize("change", [LOSE, QUIET], ids=["taken", "changed"])
def test_what_a_rule_gave_is_not_changed_by_hand(
    cast: Cast, teams: Subscription, change: LicenseChange
) -> None:
    rule_on(cast, teams)
    put(cast, "Sales", cast.uma)
    assign(teams, cast.gail)
    at: Any = {"customer": cast.contoso, "actor": cast.alice}
    with pytest.raises(Refused, match="license rule “Sales”") as caught:
        change_licenses([cast.uma, cast.gail], {teams.pk: change}, **at)
    assert caught.value.code == "license-by-rule"
    assert held(cast.uma) == held(cast.gail) == [("Teams", [])]
    # What somebody gave is nobody's but theirs.
    change_licenses([cast.gail], {teams.pk: change}, **at)
    assert held(cast.gail) != [("Teams", [])]


def test_a_license_is_taken_with_an_exception_to_each_rule_that_gives_it(
    cast: Cast, teams: Subscription
) -> None:
    mail = subscribe(cast, "Mail")
    rule_on(cast, teams, mail, name="First")
    rule_on(cast, teams, name="Second")
    rule_on(cast, mail, name="Other")
    put(cast, "Sales", cast.uma, cast.gail)
    batch = change_licenses_with_exceptions(
        [cast.uma], {teams.pk: LOSE}, customer=cast.contoso, actor=cast.alice, reason="On leave"
    )
    assert held(cast.uma) == [("Mail", [])]
    assert held(cast.gail) == [("Mail", []), ("Teams", [])]
    assert exceptions() == {("First", cast.uma.pk), ("Second", cast.uma.pk)}
    # The other rule gives it as well.
    assert [kept.name for kept in by_rule([cast.uma.pk]).values()] == ["Other"]
    events = AuditEvent.objects.filter(action="rule.exception").order_by("pk")
    assert [(row.target_id, row.changes["rule"], row.reason) for row in events] == [
        (cast.uma.pk, "First", "On leave"),
        (cast.uma.pk, "Second", "On leave"),
    ]
    undo_batch(batch, actor=cast.alice)
    assert held(cast.uma) == [("Mail", []), ("Teams", [])]
    assert len(exceptions()) == 2
    assert violations() == []


def test_what_the_excepted_rule_alone_gave_besides_is_theirs_from_then_on(
    cast: Cast, teams: Subscription
) -> None:
    mail = subscribe(cast, "Mail")
    rule_on(cast, teams, mail)
    put(cast, "Sales", cast.uma)
    change_licenses_with_exceptions(
        [cast.uma], {teams.pk: LOSE}, customer=cast.contoso, actor=cast.alice
    )
    assert held(cast.uma) == [("Mail", [])]
    assert not KeptLicense.objects.exists()
    put(cast, "HR", cast.uma)
    assert held(cast.uma) == [("Mail", [])]


def test_who_is_not_concerned_gets_no_exception(cast: Cast, teams: Subscription) -> None:
    rule_on(cast, teams)
    put(cast, "Sales", cast.gail)
    assign(teams, cast.uma)
    change_licenses_with_exceptions(
        [cast.uma], {teams.pk: LOSE}, customer=cast.contoso, actor=cast.alice
    )
    assert (held(cast.uma), held(cast.gail)) == ([], [("Teams", [])])
    assert exceptions() == set()


def test_who_loses_all_licenses_is_excepted_from_what_would_give_them_again(
    cast: Cast, teams: Subscription
) -> None:
    rule_on(cast, teams, name="Sales")
    rule_on(cast, subscribe(cast, "Mail"), name="HR", to=UserFilter(department="HR"))
    put(cast, "Sales", cast.uma, cast.gail)
    take_all_licenses([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert (held(cast.uma), held(cast.gail)) == ([], [("Teams", [])])
    assert exceptions() == {("Sales", cast.uma.pk)}
    put(cast, "HR", cast.uma)
    put(cast, "Sales", cast.uma)
    assert held(cast.uma) == []
    assert violations() == []


def test_a_rule_that_is_off_is_in_nobodys_way(cast: Cast, teams: Subscription) -> None:
    rule = rule_on(cast, teams)
    put(cast, "Sales", cast.uma)
    switch_off(rule, actor=cast.alice, keep=True)
    change_licenses([cast.uma], {teams.pk: LOSE}, customer=cast.contoso, actor=cast.alice)
    assert held(cast.uma) == []
    assert exceptions() == set()
