"""The catalog changes through support staff alone; plans are added and renamed, and stay."""

from dataclasses import replace
from typing import Any

import pytest

from customers.errors import Refused
from licensing.models import Product
from licensing.services.products import Facts, add_product, change_product
from tests.factories import ProductFactory
from tests.support.cast import Cast
from tests.support.log import Line, log

BY_SUPPORT = "Support (support@portal.example)"


def facts(name: str = "Office", **values: Any) -> Facts:
    known: dict[str, Any] = {
        "is_offered": True,
        "blocked_countries": [],
        "requires": [],
        "conflicts": [],
        "plans": {},
    }
    return Facts(name=name, **{**known, **values})


def add(cast: Cast, sku: str = "OFFICE", **values: Any) -> Product:
    return add_product(sku, facts(**values), actor=cast.support)


def test_a_product_comes_with_plans_and_rules(cast: Cast) -> None:
    other = ProductFactory.create(sku="BASE")
    product = add(
        cast,
        "office-1",
        plans={"MAIL": "Mail", "FILES": "Files"},
        requires=[other],
        blocked_countries=["KP", "CU"],
    )
    fresh = Product.objects.get(sku="OFFICE-1")
    assert fresh == product
    assert (fresh.name, fresh.is_offered, fresh.blocked_countries) == ("Office", True, ["CU", "KP"])
    assert dict(fresh.plans.values_list("code", "name")) == {"MAIL": "Mail", "FILES": "Files"}
    [line] = log()
    assert (line.action, line.actor, line.target) == ("product.added", BY_SUPPORT, "Office")
    assert line.changes == {
        "name": ["", "Office"],
        "blocked_countries": [[], ["CU", "KP"]],
        "requires": [[], ["BASE"]],
        "plans": [{}, {"FILES": "Files", "MAIL": "Mail"}],
    }


@pytest.mark.parametrize("sku", ["OFFICE", "office"])
def test_a_taken_sku_is_refused_at_its_field(cast: Cast, sku: str) -> None:
    add(cast)
    with pytest.raises(Refused, match="A product with this SKU already exists") as caught:
        add(cast, sku, name="Other")
    assert (caught.value.code, caught.value.field) == ("sku-taken", "sku")
    assert [product.name for product in Product.objects.all()] == ["Office"]
    assert len(log()) == 1


def test_rules_that_contradict_each_other_leave_no_product(cast: Cast) -> None:
    other = ProductFactory.create(sku="BASE")
    with pytest.raises(Refused, match="can't conflict with one that it needs") as caught:
        add(cast, requires=[other], conflicts=[other])
    assert (caught.value.code, caught.value.field) == ("product-rules-contradict", "conflicts")
    assert not Product.objects.filter(sku="OFFICE").exists()


@pytest.mark.parametrize("rule", ["requires", "conflicts"])
def test_a_product_neither_needs_itself_nor_conflicts_with_itself(cast: Cast, rule: str) -> None:
    product = add(cast)
    itself: dict[str, Any] = {rule: [product]}
    with pytest.raises(Refused, match="can't need itself or conflict with itself") as caught:
        change_product(product, facts(**itself), actor=cast.support)
    assert caught.value.code == "product-rules-circular"
    assert len(log()) == 1


def test_only_what_differs_is_told(cast: Cast) -> None:
    product = add(cast, plans={"MAIL": "Mail"})
    changed = change_product(
        product, facts("Office 2", plans={"MAIL": "Mail"}, is_offered=False), actor=cast.support
    )
    assert changed == {"name": ["Office", "Office 2"], "is_offered": [True, False]}
    assert log()[1] == Line("product.changed", "Office 2", changed, {}, BY_SUPPORT)


def test_no_change_is_no_event(cast: Cast) -> None:
    product = add(cast, plans={"MAIL": "Mail"}, blocked_countries=["KP", "CU"])
    same = facts(plans={"MAIL": "Mail"}, blocked_countries=["CU", "KP"])
    assert change_product(product, same, actor=cast.support) == {}
    assert len(log()) == 1


def test_plans_are_added_and_renamed_and_never_taken_away(cast: Cast) -> None:
    product = add(cast, plans={"MAIL": "Mail", "FILES": "Files"})
    mail = product.plans.get(code="MAIL")
    wanted = facts(plans={"MAIL": "Mail 2", "CHAT": "Chat"})
    changed = change_product(product, wanted, actor=cast.support)
    assert changed == {
        "plans": [
            {"FILES": "Files", "MAIL": "Mail"},
            {"CHAT": "Chat", "FILES": "Files", "MAIL": "Mail 2"},
        ]
    }
    assert product.plans.get(code="MAIL").pk == mail.pk


def test_rules_are_replaced_as_a_whole(cast: Cast) -> None:
    one, two = ProductFactory.create(sku="ONE"), ProductFactory.create(sku="TWO")
    product = add(cast, requires=[one], conflicts=[two])
    changed = change_product(product, facts(requires=[two]), actor=cast.support)
    assert changed == {"requires": [["ONE"], ["TWO"]], "conflicts": [["TWO"], []]}
    assert list(two.conflicts.all()) == []


def test_what_a_colleague_changed_meanwhile_is_the_value_before(cast: Cast) -> None:
    product = add(cast)
    Product.objects.filter(pk=product.pk).update(name="Office Plus")
    changed = change_product(product, facts(), actor=cast.support)
    assert changed == {"name": ["Office Plus", "Office"]}


def test_a_product_is_changed_only_from_what_was_seen(cast: Cast) -> None:
    one = ProductFactory.create(sku="ONE")
    product = add(cast, requires=[one], plans={"MAIL": "Mail"}, blocked_countries=["KP", "CU"])
    seen = facts(requires=[one], plans={"MAIL": "Mail"}, blocked_countries=["CU", "KP"])
    others: list[dict[str, Any]] = [
        {"name": "Office Plus"},
        {"is_offered": False},
        {"blocked_countries": ["CU"]},
        {"requires": []},
        {"conflicts": [one]},
        {"plans": {"MAIL": "Post"}},
        {"plans": {"FILES": "Files"}},
    ]
    for other in others:
        with pytest.raises(Refused) as caught:
            change_product(product, facts("Mine"), actor=cast.support, seen=replace(seen, **other))
        assert caught.value.code == "product-changed"
    # A plan that is new here was not there to be seen.
    new = replace(seen, plans={"FILES": ""})
    mine = replace(seen, name="Mine", plans={"FILES": "Files"})
    assert change_product(product, mine, actor=cast.support, seen=new).keys() == {"name", "plans"}


def test_nobody_but_support_staff_changes_the_catalog(cast: Cast) -> None:
    product = add(cast)
    for user in (cast.alice, cast.gail):
        with pytest.raises(Refused, match="Only support staff can do this"):
            add_product("NEW", facts(), actor=user)
        with pytest.raises(Refused, match="Only support staff can do this"):
            change_product(product, facts("Mine"), actor=user)
    assert [row.name for row in Product.objects.all()] == ["Office"]
