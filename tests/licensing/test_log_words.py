"""What the log calls service plans: as the partner whose log it is knows them."""

from licensing.log_words import named_plans
from tests.factories import ProductFactory
from tests.support.cast import Cast


def test_plans_of_another_partners_product_are_not_told(cast: Cast) -> None:
    ProductFactory.create(name="Backup", plans=["OURS"], partner=cast.fabrikam)
    ProductFactory.create(name="Backup", plans=["THEIRS"], partner=cast.litware)
    ProductFactory.create(name="Office", sku="OFF-1", plans=["MAIL"])
    told = dict(named_plans({"Backup", "Office"}, cast.fabrikam.pk))
    assert told["Backup", "OURS"] == "Ours"
    assert told["Office", "MAIL"] == "Mail"
    assert told["OFF-1", "MAIL"] == "Office: Mail"
    assert ("Backup", "THEIRS") not in told
    assert dict(named_plans({"OFF-1"}, cast.fabrikam.pk)).get(("OFF-1", "MAIL")) == "Office: Mail"
    assert dict(named_plans({"Backup"}, None)) == {}
