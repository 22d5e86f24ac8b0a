"""Team Chat, which Teams opens: for Fabrikam's customers, with a license for uma. And a server."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_django import Settings

from applications.models import Application
from licensing.models import Product, ServicePlan, Subscription
from tests.applications.listener import Listener
from tests.applications.scim_server import ScimServer
from tests.factories import ApplicationFactory, ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


@dataclass(frozen=True)
class Chat:
    application: Application
    product: Product
    plan: ServicePlan
    pool: Subscription  # Contoso's, with a seat for uma


@pytest.fixture
def chat(cast: Cast) -> Chat:
    product = ProductFactory.create(name="Teams", sku="TEAMS", plans=["CHAT", "CALLS"])
    plan = product.plans.get(code="CHAT")
    application = ApplicationFactory.create(
        partner=cast.fabrikam, name="Team Chat", opened_by=[plan]
    )
    pool = SubscriptionFactory.create(
        customer=cast.contoso, product=product, holders=[cast.uma], quantity=5
    )
    return Chat(application, product, plan, pool)


@pytest.fixture
def listener(settings: Settings) -> Iterator[Listener]:
    """A server that the operator has named, without encryption."""
    with Listener().listening() as found:
        settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, found.url]
        yield found


@pytest.fixture
def scim(settings: Settings) -> Iterator[ScimServer]:
    """Where an application keeps its accounts, which the operator has named."""
    with ScimServer().serving() as found:
        settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, found.url]
        yield found
