from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from factory import declarations
from factory.django import DjangoModelFactory

from accounts.models import User
from licensing.models import Product, ServicePlan, Subscription
from licensing.services.reservations import reserve_seats
from licensing.services.seats import Seat, lock_subscriptions, take_seats

from .customers import CustomerFactory


class ProductFactory(DjangoModelFactory[Product]):
    """`plans` are codes of service plans; `requires` and `conflicts` other products."""

    class Meta:
        model = Product

    sku = declarations.Sequence(lambda number: f"SKU-{number}")
    name = declarations.Sequence(lambda number: f"Product {number}")

    @classmethod
    def _create(cls, model_class: type[Product], *args: Any, **kwargs: Any) -> Product:
        plans, requires, conflicts = (
            kwargs.pop(name, ()) for name in ("plans", "requires", "conflicts")
        )
        product: Product = super()._create(model_class, *args, **kwargs)
        for relation, others in ((product.requires, requires), (product.conflicts, conflicts)):
            if others:
                relation.set(others)
        for code in plans:
            ServicePlanFactory.create(product=product, code=code, name=code.title())
        return product


class ServicePlanFactory(DjangoModelFactory[ServicePlan]):
    class Meta:
        model = ServicePlan

    product = declarations.SubFactory(ProductFactory)
    code = declarations.Sequence(lambda number: f"PLAN{number}")
    name = declarations.Sequence(lambda number: f"Plan {number}")


class SubscriptionFactory(DjangoModelFactory[Subscription]):
    """`holders` are users of the same customer who get a license each."""

    class Meta:
        model = Subscription

    customer = declarations.SubFactory(CustomerFactory)
    product = declarations.SubFactory(ProductFactory)
    quantity = 10
    starts_on = date(2026, 1, 1)
    renews_on = date(2027, 1, 1)

    @classmethod
    def _create(cls, model_class: type[Subscription], *args: Any, **kwargs: Any) -> Subscription:
        holders: Sequence[User] = kwargs.pop("holders", ())
        subscription: Subscription = super()._create(model_class, *args, **kwargs)
        if holders:
            assign(subscription, *holders)
        return subscription


@transaction.atomic
def reserve(subscription: Subscription, *users: User) -> None:
    """A seat reserved for each; no log, no batch."""
    reserve_seats(
        {subscription.pk: [user.pk for user in users]},
        customer_id=subscription.customer_id,
        at=timezone.now(),
    )
    subscription.refresh_from_db(fields=["reserved"])


@transaction.atomic
def assign(subscription: Subscription, *users: User, services_off: Sequence[str] = ()) -> None:
    """A license for each, past the rules of products but not past the seats; no log, no batch."""
    locked = lock_subscriptions([subscription.pk])
    seats = [Seat(user.pk, subscription.pk, tuple(services_off)) for user in users]
    take_seats(seats, subscriptions=locked, at=timezone.now())
    subscription.refresh_from_db(fields=["assigned"])
