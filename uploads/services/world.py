"""What a file is checked against: the customer as it is now, a query for each kind of thing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from accounts.models import User
from customers.models import Customer, Domain
from customers.roles import Capability, Reach
from customers.services.permission import check_actor
from licensing.models import Product, Subscription
from licensing.rules import Catalog


@dataclass(frozen=True, slots=True)
class Offer:
    """A subscription that the customer has, with the words for its plans, casefolded."""

    subscription: Subscription
    plans: Mapping[str, str]


@dataclass(slots=True)
class World:
    """The customer's domains, subscriptions and products, and what the actor may give."""

    customer: Customer
    actor: User
    domains: Mapping[str, Domain]
    # By what a cell can say, casefolded; None where two products have the name.
    offers: Mapping[str, Offer | None]
    subscriptions: Mapping[int, Offer]
    # Products of the catalog that the customer has not bought.
    not_bought: Mapping[str, str]
    catalog: Catalog
    near: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, customer: Customer, actor: User) -> "World":
        """Refused when the actor may not add users any more."""
        fresh = check_actor(actor, Capability.MANAGE_USERS, customer=customer)
        offers = {offer.subscription.pk: offer for offer in _offers(customer)}
        words = _words(offers)
        unknown = Product.objects.filter(is_offered=True).values_list("name", "sku")
        return cls(
            customer=customer,
            actor=fresh,
            domains={domain.name: domain for domain in customer.domains.all()},
            offers=words,
            subscriptions=offers,
            not_bought={
                word.casefold(): name
                for name, sku in unknown
                for word in (name, sku)
                if word.casefold() not in words
            },
            catalog=Catalog(),
        )

    @property
    def primary(self) -> Domain:
        return next(domain for domain in self.domains.values() if domain.is_primary)

    @property
    def reaches_administrators(self) -> bool:
        return self.actor.is_staff or self.actor.reach(Capability.MANAGE_USERS) == Reach.FULL

    def nearest_domain(self, name: str) -> str:
        """The one that was probably meant, or ""."""
        if name not in self.near:
            found = get_close_matches(name, self.domains, n=1, cutoff=0.75)
            self.near[name] = found[0] if found else ""
        return self.near[name]

    def free(self) -> dict[int, int]:
        """Seats that can be given out, by subscription."""
        return {pk: offer.subscription.assignable for pk, offer in self.subscriptions.items()}


def _offers(customer: Customer) -> list[Offer]:
    own = customer.subscriptions.current().for_list().prefetch_related("product__plans")
    return [
        Offer(
            row,
            {
                word.casefold(): plan.code
                for plan in row.product.plans.all()
                for word in (plan.name, plan.code)
            },
        )
        for row in own
    ]


def _words(offers: Mapping[int, Offer]) -> dict[str, Offer | None]:
    words: dict[str, Offer | None] = {}
    for offer in offers.values():
        name = offer.subscription.product.name.casefold()
        words[name] = None if name in words else offer
    for offer in offers.values():
        words[offer.subscription.product.sku.casefold()] = offer
    return words
