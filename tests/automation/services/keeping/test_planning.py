"""What the rules come to, decided in memory: for one user, and for many over scarce seats.

More needs Base and is not to be had in France, Rival can't be combined with More, Deep needs More.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from accounts.queries.license_groups import Held
from automation.models import KeptState
from automation.queries.rule_facts import Wish
from automation.services.keeping.planning import Board, Case, Kept
from customers.services.messages import Answer
from licensing.models import Product, Subscription, SubscriptionStatus
from licensing.rules import Catalog

BASE, MORE, RIVAL, DEEP = 1, 2, 3, 4
NAMES = {BASE: "Base", MORE: "More", RIVAL: "Rival", DEEP: "Deep"}
ANN, BEN, CID = 11, 12, 13
NOW = datetime(2027, 3, 1, tzinfo=UTC)
NEEDS_BASE, NEEDS_MORE = "More needs Base too.", "Deep needs More too."
MORE_NEEDS_IT = "More, which stays, needs Base."
DEEP_NEEDS_IT = "Deep, which stays, needs More."

Plans = Mapping[int, tuple[str, ...]]
Row = tuple[str, int | None, str]


def product_of(pk: int) -> int:
    """Return the product's id: unlike that of its subscription, so that none passes for it."""
    return pk * 10


def catalog(more_needs: str = "10", base_needs: str = "") -> Catalog:
    rows = [
        (10, "Base", [], base_needs, ""),
        (20, "More", ["FR"], more_needs, "30"),
        (30, "Rival", [], "", "20"),
        (40, "Deep", [], "20", ""),
    ]
    return Catalog(Answer(rows, len(rows), None))


def pool(pk: int, status: str = SubscriptionStatus.ACTIVE) -> Subscription:
    product = Product(pk=product_of(pk), name=NAMES[pk])
    return Subscription(pk=pk, product=product, quantity=9, status=status)


def board(
    free: Mapping[int, int] | None = None,
    *,
    since: Mapping[tuple[int, int], datetime] | None = None,
    status: Mapping[int, str] | None = None,
    rules: Catalog | None = None,
) -> Board:
    pools = {pk: pool(pk, (status or {}).get(pk, SubscriptionStatus.ACTIVE)) for pk in NAMES}
    return Board(pools, rules or catalog(), free or {}, since or {}, NOW)


def case(
    *users: int,
    held: Plans | None = None,
    kept: Mapping[int, Row] | None = None,
    wishes: Mapping[int, int] | None = None,
    off: Plans | None = None,
    location: str = "US",
) -> Case:
    """Users who are alike; `wishes` has the place of the rule that gives, by subscription."""
    return Case(
        location,
        {pk: Held(product_of(pk), plans) for pk, plans in (held or {}).items()},
        {pk: Kept(*row) for pk, row in (kept or {}).items()},
        {
            pk: Wish((off or {}).get(pk, ()), place * 100, f"Rule {place}", place)
            for pk, place in (wishes or {}).items()
        },
        list(users),
    )


def given(rule: int | None = 100, why: str = "") -> Row:
    return KeptState.GIVEN, rule, why


def waiting(rule: int = 100, why: str = "") -> Row:
    return KeptState.WAITING, rule, why


def barred(why: str, rule: int = 100) -> Row:
    return KeptState.BARRED, rule, why


def comes_of(one: Case, *lacking: int, on: Board | None = None) -> tuple[Plans, dict[int, Row]]:
    """Return what users of a case hold afterwards, and what is remembered of it."""
    verdict = (on or board()).verdict(one, frozenset(lacking))
    assert all(held.product_id == product_of(pk) for pk, held in verdict.after.items())
    after = {pk: held.off for pk, held in verdict.after.items()}
    return after, {pk: (row.state, row.rule, row.why) for pk, row in verdict.kept.items()}


def test_nothing_comes_of_nothing() -> None:
    assert comes_of(case()) == ({}, {})


STAYS: list[tuple[str, Case, Plans, dict[int, Row]]] = [
    (
        "what is wanted is given, with the plans that are off",
        case(wishes={BASE: 1}, off={BASE: ("MAIL",)}),
        {BASE: ("MAIL",)},
        {BASE: given()},
    ),
    (
        "what somebody gave stays as it is, and is not the rule's",
        case(held={BASE: ("CHAT",)}, wishes={BASE: 1}),
        {BASE: ("CHAT",)},
        {},
    ),
    (
        "what a rule gave follows the rule that gives it now",
        case(
            held={BASE: ("CHAT",)},
            kept={BASE: given(700)},
            wishes={BASE: 2},
            off={BASE: ("MAIL",)},
        ),
        {BASE: ("MAIL",)},
        {BASE: given(200)},
    ),
    ("what no rule gives any longer goes", case(held={BASE: ()}, kept={BASE: given()}), {}, {}),
    (
        "what was taken behind the rule's back is given again",
        case(kept={BASE: given()}, wishes={BASE: 1}),
        {BASE: ()},
        {BASE: given()},
    ),
    (
        "what somebody gave to one who waited for it is not the rule's",
        case(held={BASE: ()}, kept={BASE: waiting()}),
        {BASE: ()},
        {},
    ),
    (
        "who waited for what no rule gives waits no longer",
        case(kept={BASE: waiting(), MORE: barred(NEEDS_BASE)}),
        {},
        {},
    ),
    (
        "what a license by hand needs stays, by no rule",
        case(held={BASE: (), MORE: ()}, kept={BASE: given()}),
        {BASE: (), MORE: ()},
        {BASE: given(None, MORE_NEEDS_IT)},
    ),
    (
        "what a license of another rule needs stays, by no rule",
        case(held={BASE: (), MORE: ()}, kept={BASE: given(), MORE: given()}, wishes={MORE: 2}),
        {BASE: (), MORE: ()},
        {BASE: given(None, MORE_NEEDS_IT), MORE: given(200)},
    ),
    (
        "what needs what goes goes with it",
        case(held={BASE: (), MORE: ()}, kept={BASE: given(), MORE: given()}),
        {},
        {},
    ),
    (
        "what is needed by what is needed stays too",
        case(held={BASE: (), MORE: (), DEEP: ()}, kept={BASE: given(), MORE: given()}),
        {BASE: (), MORE: (), DEEP: ()},
        {BASE: given(None, MORE_NEEDS_IT), MORE: given(None, DEEP_NEEDS_IT)},
    ),
]


@pytest.mark.parametrize(
    "one, after, kept", [row[1:] for row in STAYS], ids=[row[0] for row in STAYS]
)
def test_what_stays_and_what_goes(one: Case, after: Plans, kept: dict[int, Row]) -> None:
    assert comes_of(one) == (after, kept)


CLASH = "Rival can't be combined with More."
OWED: list[tuple[str, Case, tuple[int, ...], Plans, dict[int, Row]]] = [
    ("without a seat one waits", case(wishes={BASE: 1}), (BASE,), {}, {BASE: waiting()}),
    (
        "without its requirement it can't be held",
        case(wishes={MORE: 1}),
        (),
        {},
        {MORE: barred(NEEDS_BASE)},
    ),
    (
        "the requirement may be held already",
        case(held={BASE: ()}, wishes={MORE: 1}),
        (),
        {BASE: (), MORE: ()},
        {MORE: given()},
    ),
    (
        "who waits for the requirement can't have what needs it",
        case(wishes={BASE: 1, MORE: 1, DEEP: 2}),
        (BASE,),
        {},
        {BASE: waiting(), MORE: barred(NEEDS_BASE), DEEP: barred(NEEDS_MORE, 200)},
    ),
    (
        "a requirement that goes is none",
        case(held={BASE: ()}, kept={BASE: given()}, wishes={MORE: 1}),
        (),
        {},
        {MORE: barred(NEEDS_BASE)},
    ),
    (
        "of two that clash the first rule's is given",
        case(held={BASE: ()}, wishes={MORE: 1, RIVAL: 2}),
        (),
        {BASE: (), MORE: ()},
        {MORE: given(), RIVAL: barred(CLASH, 200)},
    ),
    (
        "and that is the one of the lower place, whichever is older",
        case(held={BASE: ()}, wishes={MORE: 2, RIVAL: 1}),
        (),
        {BASE: (), RIVAL: ()},
        {MORE: barred("More can't be combined with Rival.", 200), RIVAL: given()},
    ),
    (
        "the first rule's is wanted even while there is no seat of it",
        case(held={BASE: ()}, wishes={MORE: 1, RIVAL: 2}),
        (MORE,),
        {BASE: ()},
        {MORE: waiting(), RIVAL: barred(CLASH, 200)},
    ),
    (
        "what somebody gave comes before what a rule would give",
        case(held={MORE: (), BASE: ()}, wishes={RIVAL: 1}),
        (),
        {MORE: (), BASE: ()},
        {RIVAL: barred(CLASH)},
    ),
    (
        "the country is in the way",
        case(held={BASE: ()}, wishes={MORE: 1}, location="FR"),
        (),
        {BASE: ()},
        {MORE: barred("More can't be used in France.")},
    ),
    (
        "without a usage location nothing is given",
        case(wishes={BASE: 1}, location=""),
        (),
        {},
        {
            BASE: barred("Set the usage location first: it is required to assign licenses."),
        },
    ),
]


@pytest.mark.parametrize(
    "one, lacking, after, kept", [row[1:] for row in OWED], ids=[row[0] for row in OWED]
)
def test_what_is_owed_and_why(
    one: Case, lacking: tuple[int, ...], after: Plans, kept: dict[int, Row]
) -> None:
    assert comes_of(one, *lacking) == (after, kept)


def test_nobody_waits_for_what_is_canceled_and_all_are_told_what_is_suspended() -> None:
    wanting = case(wishes={BASE: 1})
    assert comes_of(wanting, on=board(status={BASE: SubscriptionStatus.CANCELED})) == ({}, {})
    rests = board(status={BASE: SubscriptionStatus.SUSPENDED})
    why = "Base: the subscription is suspended."
    assert comes_of(wanting, BASE, on=rests) == ({}, {BASE: waiting(100, why)})
    # Seats that it may have are none to give.
    rests.free = {BASE: 5}
    wanting.users.append(ANN)
    [one] = rests.settle([wanting])
    assert one.verdict.kept[BASE].state == KeptState.WAITING


def served(on: Board, pk: int, *cases: Case) -> list[int]:
    """Return who holds a license of this subscription afterwards."""
    settled = on.settle(cases)
    assert sorted(user for one in settled for user in one.users) == sorted(
        user for one in cases for user in one.users
    )
    return sorted(user for one in settled for user in one.users if pk in one.verdict.after)


@pytest.mark.parametrize(
    "free, first", [(0, []), (1, [CID]), (2, [BEN, CID]), (3, [ANN, BEN, CID])]
)
def test_seats_go_by_the_rules_order_first(free: int, first: list[int]) -> None:
    """Then by how long one has waited, then by id."""
    early = NOW - timedelta(days=1)
    on = board({BASE: free}, since={(BEN, BASE): early})
    second = case(ANN, BEN, wishes={BASE: 2}, kept={BASE: waiting(200)})
    assert served(on, BASE, second, case(CID, wishes={BASE: 1})) == first


def test_among_those_who_come_at_once_the_first_id_is_served() -> None:
    assert served(board({BASE: 1}), BASE, case(BEN, ANN, wishes={BASE: 1})) == [ANN]


def test_nobody_who_has_a_seat_loses_it_to_another() -> None:
    has = case(CID, held={BASE: ()}, kept={BASE: given(900)}, wishes={BASE: 9})
    assert served(board(), BASE, has, case(ANN, wishes={BASE: 1})) == [CID]


def test_a_seat_that_one_gives_up_is_anothers() -> None:
    leaves = case(CID, held={BASE: ()}, kept={BASE: given()})
    assert served(board(), BASE, leaves, case(ANN, BEN, wishes={BASE: 1})) == [ANN]


def test_others_who_wait_may_have_claimed_more_than_there_is() -> None:
    """A seat that is given up is theirs as well: fewer than none are free."""
    leaves = case(CID, held={BASE: ()}, kept={BASE: given()})
    assert served(board({BASE: -1}), BASE, leaves, case(ANN, wishes={BASE: 1})) == []


def test_a_reserved_seat_is_its_users_whoever_comes_first() -> None:
    on = board({BASE: 1})
    on.reserved = {(CID, BASE), (BEN, MORE)}
    for place in (1, 9):
        wanting = case(ANN, BEN, wishes={BASE: 5}), case(CID, wishes={BASE: place})
        assert served(on, BASE, *wanting) == [ANN, CID]
    assert served(board({BASE: 1}), BASE, *wanting) == [ANN]


@pytest.mark.parametrize(
    "base, more, rules",
    [(BASE, MORE, catalog()), (MORE, BASE, catalog(more_needs="", base_needs="20"))],
    ids=["older", "newer"],
)
def test_who_lacks_the_requirement_keeps_no_seat_from_others(
    base: int, more: int, rules: Catalog
) -> None:
    both = case(ANN, BEN, wishes={base: 1, more: 1})
    has_base = case(CID, held={base: ()}, wishes={more: 2})
    on = board({base: 1, more: 2}, rules=rules)
    assert served(on, base, both, has_base) == [ANN, CID]
    assert served(on, more, both, has_base) == [ANN, CID]


def test_products_that_need_each_other_are_given_together_or_not_at_all() -> None:
    rules = catalog(more_needs="10", base_needs="20")
    both = case(ANN, BEN, wishes={BASE: 1, MORE: 1})
    [with_seats] = board({BASE: 2, MORE: 2}, rules=rules).settle([both])
    assert with_seats.verdict.after.keys() == {BASE, MORE}
    short = board({BASE: 2, MORE: 1}, rules=rules).settle([both])
    assert {tuple(one.users): {*one.verdict.after} for one in short} == {
        (ANN,): {BASE, MORE},
        (BEN,): set(),
    }


def test_what_is_as_it_was_changes_nothing() -> None:
    as_it_was = case(ANN, held={BASE: ()}, kept={BASE: given()}, wishes={BASE: 1})
    still_waits = case(BEN, kept={BASE: waiting()}, wishes={BASE: 1})
    comes = case(CID, wishes={BASE: 1})
    found = board().settle([as_it_was, still_waits, comes])
    assert {user: one.changes_nothing for one in found for user in one.users} == {
        ANN: True,
        BEN: True,
        CID: False,
    }
    [other] = board().settle([case(ANN, held={BASE: ()}, kept={BASE: given()}, wishes={BASE: 2})])
    # The license is the same, and another rule gives it.
    assert (other.changes_nothing, other.step.touched) == (False, [])


def test_only_what_is_newly_owed_is_told() -> None:
    on = board()
    [one] = on.settle([case(ANN, wishes={BASE: 1, MORE: 1, RIVAL: 2})])
    assert one.told(on.pools) == (
        f"Base: no seats left. It is assigned as soon as a seat is free. {NEEDS_BASE} {CLASH}"
    )
    [known] = on.settle([case(BEN, kept={BASE: waiting()}, wishes={BASE: 1})])
    assert known.told(on.pools) == ""
    [served_now] = board({BASE: 1}).settle([case(CID, kept={BASE: waiting()}, wishes={BASE: 1})])
    assert (served_now.told(on.pools), served_now.step.taken) == ("", [BASE])
