"""A partner's own products: what account admins may do with them, and what is refused."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.services.users import delete_users
from applications.services.applications import Facts, add_application
from customers.errors import Refused
from customers.roles import Role
from licensing.models import Product
from licensing.services.own_products import (
    OwnFacts,
    add_own_product,
    change_own_product,
    code_from,
    remove_own_product,
    sell_own_product,
    use_of,
    version_of,
)
from licensing.services.products import Facts as SupportFacts
from licensing.services.products import add_product, change_product
from licensing.services.subscriptions import add_subscription
from tests.factories import (
    ApplicationFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
)
from tests.support.cast import Cast
from tests.support.log import Line, log
from tests.support.threads import together

# Of plans that are added, renamed and removed at once.
QUERIES_OF_A_CHANGE = 27
BY_ALICE = "Alice (alice@fabrikam.example)"


def facts(name: str = "Boards", **plans: str) -> OwnFacts:
    return OwnFacts(name, plans or {"BOARD": "Whiteboard", "NOTES": "Notes"})


def support_facts(**values: Any) -> SupportFacts:
    known: dict[str, Any] = {"requires": [], "conflicts": [], "blocked_countries": []}
    return SupportFacts(**{"name": "New", "is_offered": True, "plans": {}, **known, **values})


def code_of(call: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.field


@pytest.fixture
def boards(cast: Cast) -> Product:
    return ProductFactory.create(
        partner=cast.fabrikam, name="Boards", sku="BOARDS", plans=["BOARD", "NOTES"]
    )


def test_a_product_is_added_with_plans_and_a_sku_of_its_name(cast: Cast) -> None:
    product = add_own_product(facts("Döner & Boards"), actor=cast.alice)
    assert (product.partner, product.sku) == (cast.fabrikam, "DONER-BOARDS")
    assert dict(product.plans.values_list("code", "name")) == facts().plans
    changes = {
        "name": ["", "Döner & Boards"],
        "plans": [{}, facts().plans],
        "sku": "DONER-BOARDS",
    }
    assert log() == [Line("product.added", "Döner & Boards", changes, {}, BY_ALICE)]
    # The next one that would get the same.
    assert add_own_product(facts("Doner Boards"), actor=cast.alice).sku == "DONER-BOARDS-2"
    assert code_from("Доска", "SERVICE-1") == "SERVICE-1"


def test_words_are_taken_within_what_the_partner_can_sell(cast: Cast, boards: Product) -> None:
    ProductFactory.create(name="Office", sku="OFFICE")
    ProductFactory.create(name="Archive", sku="ARCHIVE", partner=cast.litware)

    def added(name: str, sku: str = "") -> tuple[str, str]:
        return code_of(add_own_product, facts(name), sku=sku, actor=cast.alice)

    assert added("boards") == added("OFFICE") == ("product-name-taken", "name")
    changed = code_of(change_own_product, boards, facts("office"), actor=cast.alice)
    assert changed == ("product-name-taken", "name")
    assert added("New", "boards") == added("New", "OFFICE") == ("sku-taken", "sku")
    assert added("New", "A;B") == added("New", "X" * 41) == ("product-words-wrong", "sku")
    # What Litware has is nothing that Fabrikam would hear of.
    assert add_own_product(facts("Archive"), sku="archive", actor=cast.alice).sku == "ARCHIVE"
    assert code_of(change_own_product, boards, facts("Archive"), actor=cast.alice) == (
        "product-name-taken",
        "name",
    )


@pytest.mark.parametrize(
    "wrong, expected",
    [
        (OwnFacts("Boards", {}), ("product-without-services", "plans")),
        (OwnFacts(" ", {"A": "One"}), ("product-words-wrong", "name")),
        (OwnFacts("Boards", {"a": "One"}), ("product-words-wrong", "plans")),
        (OwnFacts("Boards", {"A": " "}), ("product-words-wrong", "plans")),
    ],
)
def test_what_is_no_product_is_refused(
    cast: Cast, wrong: OwnFacts, expected: tuple[str, str]
) -> None:
    assert code_of(add_own_product, wrong, actor=cast.alice) == expected
    assert not Product.objects.exists()


def test_plans_are_added_renamed_and_removed(cast: Cast, boards: Product) -> None:
    wanted = facts("Boards 2", BOARD="Canvas", POLLS="Polls")
    changes = change_own_product(boards, wanted, actor=cast.alice, seen=version_of(boards))
    assert changes == {
        "name": ["Boards", "Boards 2"],
        "plans": [{"BOARD": "Board", "NOTES": "Notes"}, {"BOARD": "Canvas", "POLLS": "Polls"}],
    }
    assert change_own_product(boards, wanted, actor=cast.alice) == {}
    assert [line.action for line in log()] == ["product.changed"]


@pytest.mark.parametrize("number", [2, 12])
def test_any_number_of_plans_takes_the_same_queries(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    old = [f"OLD-{each}" for each in range(number)]
    product = ProductFactory.create(partner=cast.fabrikam, plans=["KEPT", *old])
    renamed = old[: number // 2]
    plans = dict.fromkeys(["KEPT", *renamed], "Renamed")
    new = {f"NEW-{each}": "New" for each in range(number)}
    with django_assert_num_queries(QUERIES_OF_A_CHANGE):
        change_own_product(product, OwnFacts(product.name, plans | new), actor=cast.alice)
    assert dict(product.plans.values_list("code", "name")) == plans | new


def test_a_colleagues_change_is_told_and_nothing_is_saved(cast: Cast, boards: Product) -> None:
    seen = version_of(boards)
    change_own_product(boards, facts("Canvas"), actor=cast.alice)
    stale = code_of(change_own_product, boards, facts("Mine"), actor=cast.alice, seen=seen)
    assert stale == ("product-changed", "")
    assert Product.objects.get().name == "Canvas"


def test_a_plan_that_is_held_or_opens_something_stays(cast: Cast, boards: Product) -> None:
    ApplicationFactory.create(
        partner=cast.fabrikam, name="Wiki", opened_by=boards.plans.filter(code="NOTES")
    )
    without_notes, without_board = facts(BOARD="Board"), facts(NOTES="Notes")
    with pytest.raises(Refused, match=r"Notes can't be removed \(opens Wiki\)") as caught:
        change_own_product(boards, without_notes, actor=cast.alice)
    assert (caught.value.code, caught.value.field) == ("service-plan-in-use", "plans")
    SubscriptionFactory.create(customer=cast.contoso, product=boards, holders=[cast.uma])
    assert use_of(boards).of_plan("NOTES") == "1 license, opens Wiki"
    with pytest.raises(Refused, match=r"Board can't be removed \(1 license\)"):
        change_own_product(boards, without_board, actor=cast.alice)
    # Who is deleted comes back with the license.
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert use_of(boards).licenses == 1
    assert set(boards.plans.values_list("code", flat=True)) == {"BOARD", "NOTES"}


def test_it_is_no_longer_sold_and_then_again(cast: Cast, boards: Product) -> None:
    assert sell_own_product(boards, on=False, actor=cast.alice)
    assert not sell_own_product(boards, on=False, actor=cast.alice)
    assert sell_own_product(boards, on=True, actor=cast.alice)
    assert [line.action for line in log()] == ["product.stopped", "product.resumed"]


def test_it_is_deleted_only_while_nothing_uses_it(cast: Cast, boards: Product) -> None:
    other = ProductFactory.create(partner=cast.fabrikam, plans=["A"], conflicts=[boards])
    subscription = SubscriptionFactory.create(customer=cast.contoso, product=boards)
    assert code_of(remove_own_product, boards, actor=cast.alice) == ("product-in-use", "")
    subscription.delete()
    application = ApplicationFactory.create(
        partner=cast.fabrikam, opened_by=boards.plans.filter(code="NOTES")
    )
    assert code_of(remove_own_product, boards, actor=cast.alice) == ("product-in-use", "")
    application.delete()
    remove_own_product(boards, actor=cast.alice)
    assert list(Product.objects.all()) == [other]
    assert log() == [Line("product.removed", "Boards", {"sku": "BOARDS"}, {}, BY_ALICE)]
    assert code_of(sell_own_product, boards, on=False, actor=cast.alice) == ("product-gone", "")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_bought_and_deleted_at_the_same_moment_one_of_both_is_refused(cast: Cast) -> None:
    for number in range(10):
        product = ProductFactory.create(partner=cast.fabrikam, plans=["A"])
        bought, removed = together(
            partial(
                add_subscription,
                cast.contoso,
                product,
                quantity=1,
                renews_on=date(2027, 1, 1),
                actor=cast.alice,
                key=str(number),
            ),
            partial(remove_own_product, product, actor=cast.alice),
        )
        told = [each.code for each in (bought, removed) if isinstance(each, Refused)]
        assert told in (["product-not-offered"], ["product-in-use"])
        assert Product.objects.filter(pk=product.pk).exists() is (told == ["product-in-use"])


def test_others_are_refused(cast: Cast, boards: Product) -> None:
    shared = ProductFactory.create(plans=["MAIL"])
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    for product, actor, code in (
        (boards, cast.charlie, "product-of-others"),
        (shared, cast.alice, "product-of-others"),
        (boards, cast.sally, "role-lacks-it"),
        (boards, limited, "role-lacks-it"),
        (boards, cast.gail, "role-lacks-it"),
    ):
        for call, rest in (
            (change_own_product, {"facts": facts("Mine")}),
            (sell_own_product, {"on": False}),
            (remove_own_product, {}),
        ):
            assert code_of(call, product, actor=actor, **rest)[0] == code
    assert code_of(add_own_product, facts("New"), actor=cast.support)[0] == "staff-only"
    added = add_own_product(facts("New"), actor=cast.support, partner=cast.litware)
    assert added.partner == cast.litware


def test_support_staff_keep_rules_and_skus_apart(cast: Cast, boards: Product) -> None:
    theirs = ProductFactory.create(partner=cast.litware)
    taken = code_of(add_product, "BOARDS", support_facts(), actor=cast.support)
    assert taken == ("sku-taken", "sku")
    for product, other in ((boards, theirs), (ProductFactory.create(), boards)):
        wrong = support_facts(name=product.name, requires=[other])
        assert code_of(change_product, product, wrong, actor=cast.support) == (
            "product-of-others",
            "requires",
        )
    changed = support_facts(name="Boards", blocked_countries=["CU"])
    change_product(boards, changed, actor=cast.support)
    new = add_product(
        "BOARDS", support_facts(name="Mine"), actor=cast.support, partner=cast.litware
    )
    assert new.partner == cast.litware


def test_no_partner_keeps_a_name_from_what_all_partners_sell(cast: Cast, boards: Product) -> None:
    """And what is its own keeps the name that it had, whatever else of it is changed."""
    shared = add_product("SHARED", support_facts(name="boards"), actor=cast.support)
    change_product(shared, support_facts(name="Boards"), actor=cast.support)
    assert change_own_product(boards, facts(BOARD="Canvas"), actor=cast.alice).keys() == {"plans"}
    change_product(boards, support_facts(name="Boards", is_offered=False), actor=cast.support)
    page = Client()
    page.force_login(cast.alice)
    rows = page.get("/catalog/").context
    assert [(row.name, row.sku) for row in (*rows["own"], *rows["shared"])] == [
        ("Boards", "BOARDS"),
        ("Boards", "SHARED"),
    ]
    # Another name is a choice, and has to be one that tells both apart.
    change_own_product(boards, facts("Canvas"), actor=cast.alice)
    assert code_of(change_own_product, boards, facts("BOARDS"), actor=cast.alice) == (
        "product-name-taken",
        "name",
    )


def test_what_all_partners_sell_has_a_name_of_its_own_among_that(
    cast: Cast, boards: Product
) -> None:
    office, other = (ProductFactory.create(name=name) for name in ("Office", "Other"))
    for call, target in ((add_product, "NEW"), (change_product, other)):
        taken = code_of(call, target, support_facts(name="OFFICE"), actor=cast.support)
        assert taken == ("product-name-taken", "name")
    # Its own is no other one's.
    change_product(office, support_facts(name="OFFICE"), actor=cast.support)


def test_support_staff_are_told_of_an_own_product_that_was_deleted_meanwhile(
    cast: Cast, boards: Product
) -> None:
    other = ProductFactory.create(partner=cast.fabrikam)
    with_rule = support_facts(name=other.name, requires=[boards])
    remove_own_product(boards, actor=cast.alice)
    for call, target, given in (
        (change_product, boards, support_facts(name="Boards")),
        (change_product, other, with_rule),
        (partial(add_product, partner=cast.fabrikam), "NEW", with_rule),
    ):
        assert code_of(call, target, given, actor=cast.support) == ("product-gone", "")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_named_in_a_rule_and_deleted_at_once_one_of_both_waits(cast: Cast) -> None:
    other = ProductFactory.create(partner=cast.fabrikam)
    for _round in range(6):
        product = ProductFactory.create(partner=cast.fabrikam, plans=["A"])
        rule = support_facts(name=other.name, conflicts=[product])
        changed, removed = together(
            partial(change_product, other, rule, actor=cast.support),
            partial(remove_own_product, product, actor=cast.alice),
        )
        assert removed is None
        assert not isinstance(changed, Refused) or changed.code == "product-gone"
        assert not other.conflicts.exists()


def test_an_application_is_opened_by_own_plans_and_not_by_a_strangers(
    cast: Cast, boards: Product
) -> None:
    wiki = Facts(name="Wiki", start_url="https://wiki.example/", plans=list(boards.plans.all()))
    assert code_of(add_application, wiki, actor=cast.charlie) == (
        "service-plan-of-others",
        "plans",
    )
    assert add_application(wiki, actor=cast.alice).application.plans.count() == 2
