"""A script of alice's, by a token that may do all that she may."""

import pytest

from licensing.models import Subscription
from tests.api.caller import Script, script_of
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


@pytest.fixture
def script(cast: Cast) -> Script:
    return script_of(cast.alice)


@pytest.fixture
def grave(cast: Cast) -> Script:
    """One that was made for what pages ask a second step for."""
    return script_of(cast.alice, grave=True)


@pytest.fixture
def office(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Office", sku="OFFICE", plans=["MAIL", "CHAT"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)
