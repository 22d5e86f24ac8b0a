"""What is done to a partner's own products."""

from licensing.services.own_products import (
    OwnFacts,
    add_own_product,
    change_own_product,
    remove_own_product,
    sell_own_product,
)
from tests.support import role_table
from tests.verbs.scene import Verb

INK = OwnFacts("Ink", {"BOARD": "Ink"})
ROW = role_table.CATALOG

OWN_PRODUCTS: dict[str, Verb] = {
    "licensing.services.own_products.add_own_product": Verb(
        ROW, lambda at, by: add_own_product(INK, partner=at.world.cast.fabrikam, actor=by)
    ),
    "licensing.services.own_products.change_own_product": Verb(
        ROW, lambda at, by: change_own_product(at.world.product, INK, actor=by)
    ),
    "licensing.services.own_products.sell_own_product": Verb(
        ROW, lambda at, by: sell_own_product(at.world.product, on=False, actor=by)
    ),
    "licensing.services.own_products.remove_own_product": Verb(
        ROW, lambda at, by: remove_own_product(at.world.product, actor=by)
    ),
}
