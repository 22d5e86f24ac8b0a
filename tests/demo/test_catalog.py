"""What the demo's vendor sells keeps its own rules."""

import pytest

from demo.catalog import (
    BUSINESS,
    BY_SKU,
    CATALOG,
    ENTERPRISE,
    FRONTLINE,
    SHOWCASE,
    SMALL,
    Profile,
    write_catalog,
)
from licensing.models import Product


def test_rules_name_products_that_there_are() -> None:
    assert len(BY_SKU) == len(CATALOG)
    for line in CATALOG:
        assert {*line.requires, *line.conflicts} <= set(BY_SKU), line.sku
        assert line.sku not in {*line.requires, *line.conflicts}
        codes = [plan.partition("=")[0] for plan in line.plans]
        assert len(set(codes)) == len(codes) > 0


@pytest.mark.parametrize("profile", [SMALL, BUSINESS, FRONTLINE, ENTERPRISE, SHOWCASE])
def test_a_profile_can_be_bought(profile: Profile) -> None:
    skus = [offer.sku for offer in profile.offers]
    assert len(set(skus)) == len(skus)
    assert sum(offer.share for offer in profile.suites) <= 1
    for at, sku in enumerate(skus):
        # What is required comes first, or no user would hold both.
        assert set(BY_SKU[sku].requires) <= set(skus[:at]), sku


def test_the_catalog_is_written_with_plans_and_rules(db: None) -> None:
    products = write_catalog()
    assert set(products) == set(BY_SKU)
    addon = Product.objects.get(sku="SECURITY-ADDON")
    assert [product.sku for product in addon.requires.all()] == ["ENTERPRISE-E3"]
    assert set(addon.plans.values_list("code", flat=True)) == {"DEFEND", "SIGNIN-RISK", "LABELS"}
    assert addon.blocked_countries == ["CU", "IR", "KP", "SY"]
    assert [row.sku for row in Product.objects.filter(is_offered=False)] == ["WEBSITE-CLASSIC"]


def test_products_that_clash_do_so_from_both_sides(db: None) -> None:
    write_catalog()
    premium = Product.objects.get(sku="BUSINESS-PREMIUM")
    basic = Product.objects.get(sku="BUSINESS-BASIC")
    assert list(premium.conflicts.all()) == [basic]
    assert premium in basic.conflicts.all()
