"""What a price is: an amount and a currency, or nothing."""

from decimal import Decimal

import pytest

from customers.errors import Refused
from licensing.prices import CURRENCIES, HIGHEST, check_price, price_text


def test_a_price_is_told_with_its_currency() -> None:
    assert price_text(Decimal("9.5"), "EUR") == "9.50 EUR"
    assert price_text(None, "") == ""


@pytest.mark.parametrize("price", [None, Decimal(0), Decimal("9.5"), HIGHEST])
def test_an_amount_with_its_currency_or_nothing_is_a_price(price: Decimal | None) -> None:
    check_price(price, "EUR")


@pytest.mark.parametrize("price", ["-0.01", "9.505", "NaN", "Infinity", str(HIGHEST + 1)])
def test_no_other_amount_is(price: str) -> None:
    with pytest.raises(Refused) as refused:
        check_price(Decimal(price), "EUR")
    assert (refused.value.code, refused.value.field) == ("price-out-of-range", "price")


@pytest.mark.parametrize("currency", ["", "EURO", "eur", "XXX", "€"])
def test_a_currency_is_three_letters_that_are_known(currency: str) -> None:
    with pytest.raises(Refused) as refused:
        check_price(Decimal(1), currency)
    assert (refused.value.code, refused.value.field) == ("currency-unknown", "currency")
    assert {len(code) for code in CURRENCIES} == {3}
