"""What the activity log knows of own products and prices: each verb, and the events of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from licensing.models import Product
from licensing.services.own_products import (
    OwnFacts,
    add_own_product,
    change_own_product,
    remove_own_product,
    sell_own_product,
)
from licensing.services.subscriptions import change_price

BOARDS = OwnFacts("Boards", {"BOARD": "Whiteboard"})


def _boards(stage: Any) -> Product:
    return add_own_product(BOARDS, actor=stage.alice)


def _stopped_and_back(stage: Any) -> None:
    product = _boards(stage)
    for on in (False, True):
        sell_own_product(product, on=on, actor=stage.alice)


OWN_PRODUCTS: dict[str, tuple[Callable[[Any], Any], list[str], bool]] = {
    "add_own_product": (_boards, ["product.added"], False),
    "change_own_product": (
        lambda s: change_own_product(_boards(s), OwnFacts("Ink", BOARDS.plans), actor=s.alice),
        ["product.changed"],
        True,
    ),
    "sell_own_product": (_stopped_and_back, ["product.stopped", "product.resumed"], False),
    "remove_own_product": (
        lambda s: remove_own_product(_boards(s), actor=s.alice),
        ["product.removed"],
        False,
    ),
    "change_price": (
        lambda s: change_price(s.pool(), Decimal("9.50"), "EUR", actor=s.alice),
        ["subscription.price"],
        True,
    ),
}
