"""The subscriptions of one customer of the demo: who gets what, and how many seats were bought."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from customers.actions import Action
from customers.models import Customer
from customers.services import audit, bulk
from licensing.models import (
    LicenseAssignment,
    Product,
    Subscription,
    SubscriptionStatus,
    anniversary,
)

from .catalog import BY_SKU, Profile
from .stage import DemoAction

ENDED = timedelta(days=6)  # how long ago subscriptions were suspended and canceled


@dataclass(frozen=True, slots=True)
class Taken:
    subscription: Subscription
    services_off: tuple[str, ...]

    @property
    def sku(self) -> str:
        return self.subscription.product.sku

    def facts(self) -> dict[str, object]:
        facts: dict[str, object] = {"product": self.subscription.product.name}
        return facts | ({"services_off": list(self.services_off)} if self.services_off else {})


class DemoSeats:
    def __init__(
        self,
        customer: Customer,
        profile: Profile,
        products: Mapping[str, Product],
        *,
        start: datetime,
        now: datetime,
        random: Random,
    ) -> None:
        self.customer, self.profile, self.random = customer, profile, random
        self.start, self.now = start, now
        self.assigned: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        # The first anniversary that lies ahead.
        renews_on = anniversary(start.date(), now.year)
        if renews_on <= now.date():
            renews_on = anniversary(start.date(), now.year + 1)
        self.subscriptions = {
            offer.sku: Subscription(
                customer=customer,
                product=products[offer.sku],
                quantity=0,
                starts_on=start.date(),
                renews_on=renews_on,
            )
            for offer in profile.offers
        }
        bulk.insert(Subscription, list(self.subscriptions.values()))

    def choose(self, location: str, at: datetime) -> list[Taken]:
        """Return what a user gets on this day, by the rules of the products."""
        chosen, point = self.profile.others, self.random.random()
        for suite in self.profile.suites:
            point -= suite.share
            if point < 0:
                chosen = (suite, *chosen)
                break
        held: list[str] = []
        for offer in chosen:
            line = BY_SKU[offer.sku]
            if offer not in self.profile.suites and self.random.random() >= offer.share:
                continue
            if offer.status != SubscriptionStatus.ACTIVE and at > self.now - ENDED:
                continue
            if location not in line.blocked_countries and set(line.requires) <= set(held):
                held.append(offer.sku)
        return [self.take(sku) for sku in held]

    def take(self, sku: str) -> Taken:
        codes = [plan.partition("=")[0] for plan in BY_SKU[sku].plans]
        off = (self.random.choice(codes),) if self.random.random() < 0.08 else ()
        return Taken(self.subscriptions[sku], off)

    def assign(
        self, user: User, taken: Taken, *, at: datetime, released: datetime | None = None
    ) -> tuple[User, LicenseAssignment]:
        """Return a license from one moment to another, or to now; canceled ones have ended."""
        if released is None and self._status(taken.sku) == SubscriptionStatus.CANCELED:
            released = self.now - ENDED
            self.ended[taken.sku] += 1
        if released is None:
            self.assigned[taken.sku] += 1
        return user, LicenseAssignment(
            subscription=taken.subscription,
            customer=self.customer,
            services_off=list(taken.services_off),
            assigned_at=at,
            released_at=released,
        )

    def lasts(self, sku: str) -> bool:
        """Return whether the subscription is still active today."""
        return self._status(sku) == SubscriptionStatus.ACTIVE

    def _status(self, sku: str) -> SubscriptionStatus:
        return next(offer.status for offer in self.profile.offers if offer.sku == sku)

    def close(self, actor: User) -> list[DemoAction]:
        """Buy the seats that users need and the offer leaves free; return what the log says."""
        actions = []
        for offer in self.profile.offers:
            subscription = self.subscriptions[offer.sku]
            subscription.assigned = self.assigned[offer.sku]
            if offer.free is not None:
                free = offer.free
            elif (chance := self.random.random()) < 0.3:
                free = 0
            elif chance < 0.6:
                free = self.random.randint(1, 3)
            else:
                free = 2 + subscription.assigned * self.random.randint(5, 25) // 100
            subscription.quantity = max(subscription.assigned + free, 1)
            subscription.status = offer.status
            actions += self._history(subscription, actor)
        rows = list(self.subscriptions.values())
        Subscription.objects.bulk_update(rows, ["assigned", "quantity", "status"])
        return actions

    def _history(self, subscription: Subscription, actor: User) -> list[DemoAction]:
        bought = subscription.quantity
        first = bought - bought // 4 if self.random.random() < 0.5 else bought
        actions = [
            self._action(
                subscription, actor, Action.SUBSCRIPTION_ADDED, self.start, seats=[0, first]
            )
        ]
        if first != bought:
            later = self.start + (self.now - self.start) * self.random.uniform(0.1, 0.9)
            seats = [first, bought]
            actions.append(
                self._action(subscription, actor, Action.SUBSCRIPTION_SEATS, later, seats=seats)
            )
        ended = self.now - ENDED
        if subscription.status == SubscriptionStatus.SUSPENDED:
            action, status = Action.SUBSCRIPTION_SUSPENDED, ["active", "suspended"]
            actions.append(self._action(subscription, actor, action, ended, status=status))
        if subscription.status == SubscriptionStatus.CANCELED:
            action, count = Action.SUBSCRIPTION_CANCELED, self.ended[subscription.product.sku]
            actions.append(self._action(subscription, actor, action, ended, released=count))
        return actions

    def _action(
        self, subscription: Subscription, actor: User, action: Action, at: datetime, **facts: object
    ) -> DemoAction:
        changes = {"product": subscription.product.name, **facts}
        return DemoAction(at, actor, self.customer, [audit.Entry(action, subscription, changes)])
