"""What a seat costs in a month: an amount and the code of its currency, or nothing."""

from decimal import Decimal

from django.utils.translation import gettext as _

from customers.errors import Refused

from .models import PRICE_DIGITS, PRICE_PLACES

HIGHEST = Decimal(10) ** (PRICE_DIGITS - PRICE_PLACES) - Decimal("0.01")
# ISO 4217, without those of funds and metals.
CODES = """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP
    BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
    GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
    KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN
    NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK
    SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS
    VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"""
CURRENCIES = frozenset(CODES.split())


def price_text(price: Decimal | None, currency: str) -> str:
    """Return the price as the log keeps it, such as 9.50 EUR; "" for none."""
    return "" if price is None else f"{price:.{PRICE_PLACES}f} {currency}"


def check_price(price: Decimal | None, currency: str) -> None:
    """Raise Refused where it is no price. A currency without an amount is none, and no mistake."""
    if price is None:
        return
    whole = price.is_finite() and price == round(price, PRICE_PLACES)
    if not whole or not Decimal(0) <= price <= HIGHEST:
        raise Refused(
            _("Enter a price from 0 to %(highest)s, such as 9.50.") % {"highest": HIGHEST},
            code="price-out-of-range",
            field="price",
        )
    if currency not in CURRENCIES:
        raise Refused(
            _("Enter a currency by its three letters, such as EUR."),
            code="currency-unknown",
            field="currency",
        )
