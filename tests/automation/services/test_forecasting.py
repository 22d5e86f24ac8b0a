"""What a rule would come to: told beforehand, by what then happens, and nothing is written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.queries.filters import UserFilter
from automation.models import KeptLicense, KeptState, LicenseRule
from automation.services.forecasting import NAMED, Forecast, Named, forecast
from automation.services.rule_switching import switch_off, switch_on
from automation.services.rules import add_rule, change_rule
from licensing.models import LicenseAssignment, Subscription
from tests.accounts.verbs import subscribe
from tests.automation.ruled import draft, put, rule_on
from tests.factories import UserFactory
from tests.support.cast import Cast

HR = UserFilter(department="HR")


@pytest.fixture
def sellers(cast: Cast) -> list[User]:
    """Three of Sales, and one of them without a usage location."""
    users: list[User] = [
        UserFactory.create(
            customer=cast.contoso, display_name=name, department="Sales", usage_location=place
        )
        for name, place in (("Ann", "US"), ("Ben", "US"), ("Cid", ""))
    ]
    return users


def rule_off(cast: Cast, *pools: Subscription) -> LicenseRule:
    return add_rule(draft(*pools), customer=cast.contoso, actor=cast.alice)


def names(named: Named) -> list[str]:
    return [user.display_name for user in named.users]


def seats(found: Forecast) -> dict[str, tuple[int, int, int, int]]:
    return {
        row.subscription.product.name: (row.free, row.get, row.lose, row.short)
        for row in found.pools
    }


def test_what_is_foretold_of_switching_on_is_what_happens(cast: Cast, sellers: list[User]) -> None:
    teams = subscribe(cast, "Teams", quantity=1)
    rule = rule_off(cast, teams)
    with CaptureQueriesContext(connection) as queries:
        found = forecast(rule, cast.contoso, on=True)
    assert not [one for one in queries if not one["sql"].startswith("SELECT")]
    assert found.matching == 3
    assert (names(found.get), names(found.lose), names(found.wait)) == (["Ann"], [], ["Ben"])
    [(why, cant)] = found.barred
    assert (names(cant), why[:22]) == (["Cid"], "Set the usage location")
    assert seats(found) == {"Teams": (1, 1, 0, 1)}
    switch_on(rule, actor=cast.alice)
    rows = KeptLicense.objects.order_by("user__sort_name").values_list("user", "state")
    states = [KeptState.GIVEN, KeptState.WAITING, KeptState.BARRED]
    assert list(rows) == [(user.pk, state) for user, state in zip(sellers, states, strict=True)]


def test_what_is_foretold_of_switching_off_is_what_happens(cast: Cast, sellers: list[User]) -> None:
    teams = subscribe(cast, "Teams", sellers[1])
    rule = rule_on(cast, teams)
    found = forecast(rule, cast.contoso, on=False)
    # Ben was given it by somebody, and Cid waits no longer.
    assert (names(found.lose), found.get.count, found.wait.count) == (["Ann"], 0, 0)
    assert seats(found) == {"Teams": (3, 0, 1, 0)}
    switch_off(rule, actor=cast.alice)
    held = LicenseAssignment.objects.live().values_list("user", flat=True)
    assert list(held) == [sellers[1].pk]


def test_of_a_change_both_sides_are_foretold(cast: Cast, sellers: list[User]) -> None:
    teams = subscribe(cast, "Teams")
    rule = rule_on(cast, teams)
    put(cast, "HR", cast.uma)
    changed = draft(teams, to=HR, off=["CHAT"])
    found = forecast(rule, cast.contoso, on=True, draft=changed)
    assert (found.matching, names(found.get), names(found.lose)) == (
        1,
        [cast.uma.display_name],
        ["Ann", "Ben"],
    )
    change_rule(rule, changed, actor=cast.alice)
    assert list(LicenseAssignment.objects.live().values_list("user", flat=True)) == [cast.uma.pk]
    other = draft(teams, to=HR, off=["MAIL"])
    assert names(forecast(rule, cast.contoso, on=True, draft=other).switch) == [
        cast.uma.display_name
    ]
    same = forecast(rule, cast.contoso, on=True, draft=changed)
    assert same.changes_nothing
    assert same.pools == []


def test_a_new_rule_is_the_last_for_seats(cast: Cast, sellers: list[User]) -> None:
    teams = subscribe(cast, "Teams", quantity=2)
    rule_on(cast, teams)
    put(cast, "HR", cast.uma)
    new = draft(teams, name="HR", to=HR)
    found = forecast(None, cast.contoso, on=True, draft=new)
    assert (found.matching, names(found.wait)) == (1, [cast.uma.display_name])
    assert forecast(None, cast.contoso, on=True) == Forecast()


def test_those_who_wait_already_come_first_for_what_is_free(
    cast: Cast, sellers: list[User]
) -> None:
    teams = subscribe(cast, "Teams", quantity=1)
    rule_on(cast, teams)
    put(cast, "HR", cast.uma)
    # Bought as we look: it is Ben's, who waits for it.
    Subscription.objects.filter(pk=teams.pk).update(quantity=2)
    alone = forecast(None, cast.contoso, on=True, draft=draft(teams, name="HR", to=HR))
    assert (alone.get.count, seats(alone)) == (1, {"Teams": (1, 1, 0, 1)})
    assert (names(alone.get), names(alone.wait)) == (["Ben"], [cast.uma.display_name])


def test_the_first_ones_are_named_and_all_are_counted(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", quantity=30)
    for number in range(NAMED + 2):
        UserFactory.create(
            customer=cast.contoso,
            display_name=f"User {99 - number}",
            department="Sales",
            usage_location="US",
        )
    found = forecast(rule_off(cast, teams), cast.contoso, on=True)
    assert found.get.count == NAMED + 2
    assert names(found.get) == [f"User {number}" for number in range(88, 88 + NAMED)]
