"""Making rules: who may, what the log says, what another has changed, order and exceptions."""

import pytest

from accounts.queries.filters import UserFilter
from automation.models import LicenseRule, RuleException
from automation.services.keeping.work import settle_customer
from automation.services.rules import (
    add_exceptions,
    add_rule,
    change_rule,
    move_rule,
    remove_exceptions,
)
from customers.errors import AlreadyDone, Refused
from tests.accounts.verbs import held, subscribe
from tests.automation.ruled import SALES, draft, kept, put, rule_on
from tests.support.cast import Cast
from tests.support.log import Line, log


def test_added_it_is_off_and_the_last(cast: Cast) -> None:
    teams = subscribe(cast)
    first = add_rule(draft(teams), customer=cast.contoso, actor=cast.alice)
    wanted = draft(teams, name="  HR\u200b  too ", off=["CHAT"], newcomers=True)
    rule = add_rule(wanted, customer=cast.contoso, actor=cast.alice)
    rule.refresh_from_db()
    assert (rule.name, rule.position, rule.is_on, rule.by) == ("HR too", 2, False, cast.alice)
    assert (first.position, rule.filter) == (1, {"department": "Sales"})
    assert list(rule.gives.values_list("subscription", "services_off")) == [(teams.pk, ["CHAT"])]
    facts = {
        "rule": "Sales",
        "filter": {"department": "Sales"},
        "gives": {"Teams": []},
        "for_newcomers": False,
    }
    assert log()[0] == Line("rule.added", "Sales", facts)


def test_a_name_is_given_once(cast: Cast) -> None:
    teams = subscribe(cast)
    add_rule(draft(teams), customer=cast.contoso, actor=cast.alice)
    with pytest.raises(Refused) as refused:
        add_rule(draft(teams, name="sales"), customer=cast.contoso, actor=cast.alice)
    assert (refused.value.code, refused.value.field) == ("rule-name-taken", "name")


def test_who_may_not_manage_licenses_makes_no_rule(cast: Cast) -> None:
    teams = subscribe(cast)
    with pytest.raises(Refused) as refused:
        add_rule(draft(teams), customer=cast.contoso, actor=cast.uma)
    assert refused.value.code == "role-lacks-it"
    with pytest.raises(Refused):
        add_rule(draft(teams), customer=cast.contoso, actor=cast.charlie)
    assert not LicenseRule.objects.exists()


def test_a_change_is_brought_to_its_users(cast: Cast) -> None:
    teams, office = subscribe(cast), subscribe(cast, "Office")
    rule = rule_on(cast, teams)
    put(cast, "Sales", cast.uma)
    put(cast, "HR", cast.gail)
    seen = rule.version
    to_hr = draft(office, to=UserFilter(department="HR"))
    batch = change_rule(rule, to_hr, actor=cast.alice, seen=seen, key="k")
    assert batch is not None
    assert batch.done == 2
    assert (held(cast.uma), held(cast.gail)) == ([], [("Office", [])])
    with pytest.raises(AlreadyDone):
        change_rule(rule, to_hr, actor=cast.alice, seen=seen, key="k")
    with pytest.raises(Refused) as refused:
        change_rule(rule, draft(teams), actor=cast.alice, seen=seen)
    assert refused.value.code == "rule-changed"
    assert change_rule(rule, to_hr, actor=cast.alice) is None, "nothing is another"


def test_plans_of_a_rule_are_those_of_its_users(cast: Cast) -> None:
    teams = subscribe(cast)
    rule = rule_on(cast, teams)
    put(cast, "Sales", cast.uma)
    change_rule(rule, draft(teams, off=["CHAT"]), actor=cast.alice)
    assert held(cast.uma) == [("Teams", ["CHAT"])]
    everybody = rule_on(cast, teams, name="All", to=UserFilter(), off=["MAIL"])
    assert held(cast.uma) == [("Teams", [])], "services add up"
    assert held(cast.gail) == [("Teams", ["MAIL"])]
    add_exceptions(everybody, [cast.uma, cast.gail], actor=cast.alice)
    assert (held(cast.uma), held(cast.gail)) == ([("Teams", ["CHAT"])], [])


def test_the_order_decides_who_waits_no_longer(cast: Cast) -> None:
    teams = subscribe(cast, quantity=1)
    rule_on(cast, teams, name="First", to=UserFilter(department="HR"))
    second = rule_on(cast, teams, name="Second")
    put(cast, "HR", cast.gail)
    put(cast, "Sales", cast.uma)
    assert (kept(cast.gail), kept(cast.uma)) == ([("Teams", "given")], [("Teams", "waiting")])
    move_rule(second, 1, actor=cast.alice)
    settle_customer(cast.contoso.pk)
    assert held(cast.gail) == [("Teams", [])], "nobody's seat is taken"
    names = LicenseRule.objects.order_by("position").values_list("name", flat=True)
    assert list(names) == ["Second", "First"]
    assert log()[-1].changes == {"rule": "Second", "place": [2, 1]}


def test_an_exception_takes_what_the_rule_gave(cast: Cast) -> None:
    teams = subscribe(cast)
    rule = rule_on(cast, teams)
    put(cast, "Sales", cast.uma, cast.gail)
    batch = add_exceptions(rule, [cast.uma], actor=cast.alice, key="k")
    assert batch is not None
    assert batch.done == 1
    assert (held(cast.uma), held(cast.gail)) == ([], [("Teams", [])])
    assert log()[-2] == Line(
        "rule.exception",
        "Uma (uma@contoso.example)",
        {"rule": "Sales", "excepted": [False, True]},
    )
    with pytest.raises(AlreadyDone):
        add_exceptions(rule, [cast.uma], actor=cast.alice, key="k")
    remove_exceptions(rule, [cast.uma], actor=cast.alice)
    assert held(cast.uma) == [("Teams", [])]
    assert remove_exceptions(rule, [cast.uma], actor=cast.alice) is None
    assert not RuleException.objects.exists()


def test_the_filter_is_kept_as_an_address_has_it(cast: Cast) -> None:
    found = UserFilter(department="Sales", job_title="Agent", usage_location="US")
    rule = add_rule(draft(subscribe(cast), to=found), customer=cast.contoso, actor=cast.alice)
    assert rule.filter == {"department": "Sales", "title": "Agent", "location": "US"}
    assert SALES.query() == {"department": "Sales"}
