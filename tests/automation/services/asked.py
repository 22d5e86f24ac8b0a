"""Team Chat and a user of Contoso who lacks the license for it: what requests are about."""

from dataclasses import dataclass

from accounts.models import User
from applications.models import Application
from licensing.models import Product, Subscription
from tests.factories import ApplicationFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


@dataclass(frozen=True)
class Door:
    """An application that Teams opens; Contoso has a subscription to it."""

    application: Application
    product: Product
    pool: Subscription
    user: User


def closed_door(cast: Cast, *, quantity: int = 5) -> Door:
    product = ProductFactory.create(name="Teams", sku="TEAMS", plans=["CHAT", "CALLS"])
    application = ApplicationFactory.create(
        partner=cast.fabrikam, name="Team Chat", opened_by=[product.plans.get(code="CHAT")]
    )
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=quantity)
    user = UserFactory.create(customer=cast.contoso, display_name="Una Patel", local_part="una")
    return Door(application, product, pool, user)
