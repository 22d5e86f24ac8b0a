"""Rules as they are followed: matched in memory, as lists find their users in the database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.queries.filters import PLAIN, UserFilter
from automation.models import RuleSubscription
from automation.queries.rule_facts import (
    Rulebook,
    RuleFacts,
    UserFacts,
    Wish,
    facts_of,
    filter_of,
    rulebook_of,
    rules_of,
)
from customers.roles import Role
from tests.accounts.verbs import delete, subscribe
from tests.factories import LicenseRuleFactory, UserFactory
from tests.support.cast import Cast

SINCE = datetime(2027, 3, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
TEAMS, MAIL = 1, 2
SALES = UserFilter(department="Sales")


def rule(
    pk: int = 1, to: UserFilter = SALES, position: int | None = None, **more: Any
) -> RuleFacts:
    place = pk if position is None else position
    return RuleFacts(pk, f"Rule {pk}", place, to, more.pop("gives", {}), **more)


IN, OUT = "is in it", "is not"
MATCHES: list[tuple[UserFilter, UserFacts, str]] = [
    (UserFilter(), UserFacts(""), IN),
    (SALES, UserFacts("US", "Sales"), IN),
    (SALES, UserFacts("US", "sales"), OUT),
    (SALES, UserFacts("US", "", "Sales"), OUT),
    (UserFilter(job_title="Agent"), UserFacts("US", "Sales", "Agent"), IN),
    (UserFilter(usage_location="DE"), UserFacts("US"), OUT),
    (UserFilter(department="Sales", usage_location="DE"), UserFacts("DE", "Sales"), IN),
    (UserFilter(department="Sales", usage_location="DE"), UserFacts("DE", "HR"), OUT),
    (UserFilter(permission=PLAIN), UserFacts("US"), IN),
    (UserFilter(permission=PLAIN), UserFacts("US", role_names=""), IN),
    (UserFilter(permission=PLAIN), UserFacts("US", role_names=Role.USER_ADMIN), OUT),
    (UserFilter(permission=Role.USER_ADMIN), UserFacts("US"), OUT),
    (
        UserFilter(permission=Role.USER_ADMIN),
        UserFacts("US", role_names=f"{Role.GLOBAL_ADMIN}|{Role.USER_ADMIN}"),
        IN,
    ),
    # A name that is a part of another is another.
    (UserFilter(permission=Role.USER_ADMIN), UserFacts("US", role_names="No user admin"), OUT),
    # What is no filter (any longer) matches nobody, and not everybody.
    (UserFilter(unknown=(("filter", "vip"),)), UserFacts("US"), OUT),
]


@pytest.mark.parametrize("to, user, said", MATCHES)
def test_whom_a_rule_matches(to: UserFilter, user: UserFacts, said: str) -> None:
    assert rule(to=to).matches(user) == (said == IN)


@pytest.mark.parametrize(
    "added_at, said", [(SINCE - MOMENT, OUT), (SINCE, IN), (SINCE + MOMENT, IN), (None, OUT)]
)
def test_newcomers_are_those_from_that_moment_on(added_at: datetime | None, said: str) -> None:
    user = UserFacts("US", "Sales", added_at=added_at)
    assert rule(since=SINCE).matches(user) == (said == IN)
    assert rule().matches(user)


FILTERS = (
    UserFilter(),
    SALES,
    UserFilter(job_title="Agent", usage_location="US"),
    UserFilter(permission=PLAIN),
    UserFilter(permission=Role.USER_ADMIN),
    UserFilter(permission=Role.GLOBAL_ADMIN, department="Sales"),
    UserFilter(unknown=(("filter", "vip"),)),
)


def test_memory_and_database_find_the_same_users(cast: Cast) -> None:
    users = [
        UserFactory.create(
            customer=cast.contoso,
            department=department,
            job_title=title,
            usage_location=location,
            roles=roles,
        )
        for department, title, location, roles in (
            ("Sales", "Agent", "US", []),
            ("Sales", "", "DE", [Role.USER_ADMIN]),
            ("sales", "Agent", "", [Role.GLOBAL_ADMIN, Role.USER_ADMIN]),
            ("Sales", "Boss", "US", [Role.GLOBAL_ADMIN]),
        )
    ]
    gone, middle = UserFactory.create(customer=cast.contoso, department="Sales"), users[2]
    delete(cast, gone)
    ids = [*User.objects.values_list("pk", flat=True)]
    facts = facts_of(cast.contoso, ids)
    assert facts.keys() == {
        *User.objects.active().filter(customer=cast.contoso).values_list("pk", flat=True)
    }
    for to in FILTERS:
        for since in (None, middle.added_at):
            one = rule(to=to, since=since)
            found = {*one.users(cast.contoso).values_list("pk", flat=True)}
            assert found == {pk for pk, user in facts.items() if one.matches(user)}, (to, since)
    excepted = rule(excepted=frozenset({users[0].pk}))
    assert {*excepted.users(cast.contoso)} == {users[1], users[3]}


def test_services_of_several_rules_add_up_and_the_first_one_gives() -> None:
    book = Rulebook(
        (
            rule(1, gives={TEAMS: frozenset({"CHAT", "MAIL"})}),
            rule(
                2, to=UserFilter(), gives={TEAMS: frozenset({"MAIL", "CALLS"}), MAIL: frozenset()}
            ),
        )
    )
    assert book.wishes(UserFacts("US", "Sales")) == {
        TEAMS: Wish(("MAIL",), 1, "Rule 1", 1),
        MAIL: Wish((), 2, "Rule 2", 2),
    }
    assert book.wishes(UserFacts("US", "HR")) == {
        TEAMS: Wish(("CALLS", "MAIL"), 2, "Rule 2", 2),
        MAIL: Wish((), 2, "Rule 2", 2),
    }


def test_users_for_whom_the_same_is_wanted_share_one_object() -> None:
    book = Rulebook((rule(gives={TEAMS: frozenset()}),))
    wished = book.wishes(UserFacts("US", "Sales"))
    assert book.wishes(UserFacts("DE", "Sales", "Agent"), 7) is wished
    assert book.wishes(UserFacts("US", "HR")) == {}


def test_who_is_excepted_is_parted_from_those_who_are_alike() -> None:
    first = rule(1, gives={TEAMS: frozenset()}, excepted=frozenset({7, 8}))
    second = rule(2, gives={TEAMS: frozenset(), MAIL: frozenset()}, excepted=frozenset({8}))
    book = Rulebook((first, second))
    seller = UserFacts("US", "Sales")
    found = [
        ({pk: wish.rule for pk, wish in wishes.items()}, users)
        for wishes, users in book.wishes_of(seller, [9, 8, 7, 6])
    ]
    assert found == [({TEAMS: 2, MAIL: 2}, [7]), ({}, [8]), ({TEAMS: 1, MAIL: 2}, [9, 6])]
    assert [users for _wishes, users in book.wishes_of(seller, [8])] == [[8]]
    assert [users for _wishes, users in book.wishes_of(seller, [5, 4])] == [[5, 4]]


def test_only_what_a_rule_asks_for_has_to_be_known() -> None:
    book = Rulebook((rule(to=SALES), rule(2, to=UserFilter(permission=PLAIN))))
    assert (book.asks("department"), book.asks("job_title"), book.asks_roles) == (True, False, True)
    assert not Rulebook((rule(),)).asks_roles


def test_a_stored_filter_is_read_once() -> None:
    stored = SALES.query()
    assert filter_of(stored) == SALES
    assert filter_of(dict(stored)) is filter_of(stored)


def test_a_rule_that_is_off_is_looked_at_as_if_it_were_switched_on_now(cast: Cast) -> None:
    pool = subscribe(cast)
    stored = LicenseRuleFactory.create(customer=cast.contoso, gives=[pool], for_newcomers=True)
    RuleSubscription.objects.update(services_off=["CHAT"])
    facts = RuleFacts.of(stored, now=SINCE)
    assert (facts.since, facts.gives) == (SINCE, {pool.pk: frozenset({"CHAT"})})
    stored.on_since = SINCE - timedelta(days=1)
    assert RuleFacts.of(stored, now=SINCE).since == stored.on_since
    stored.for_newcomers = False
    assert RuleFacts.of(stored, now=SINCE).since is None


def test_the_rules_that_are_on_are_read_in_their_order(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pool = subscribe(cast)
    late, early, off = (
        LicenseRuleFactory.create(
            customer=cast.contoso,
            gives=[pool],
            position=position,
            is_on=is_on,
            on_since=SINCE if is_on else None,
            excepts=[cast.uma, cast.gail],
        )
        for position, is_on in ((2, True), (1, True), (3, False))
    )
    with django_assert_num_queries(3):
        book = rulebook_of(rules_of(cast.contoso), [cast.uma.pk])
    assert [facts.pk for facts in book.rules] == [early.pk, late.pk]
    # Of the exceptions those of the users who were asked about, else all.
    assert {facts.excepted for facts in book.rules} == {frozenset({cast.uma.pk})}
    assert rulebook_of(rules_of(cast.contoso)).excepted == {cast.uma.pk, cast.gail.pk}
    had = replace(RuleFacts.of(early), excepted=frozenset({cast.sally.pk}))
    both = had.excepted | {cast.uma.pk, cast.gail.pk}
    assert rulebook_of([had]).rules == (replace(had, excepted=both),)
    assert [row.pk for row in rules_of(cast.contoso, but=early.pk)] == [late.pk]
    assert off.pk not in {row.pk for row in rules_of(cast.contoso)}
    with django_assert_num_queries(1):
        assert rulebook_of(rules_of(cast.northwind)).rules == ()
