"""What a file is checked against: the customer as it is now, a query for each kind of thing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Self

from accounts.models import User
from accounts.services.users.starts import today_of
from customers.models import Customer, Domain
from customers.roles import Capability, Reach
from customers.said import gettext as _
from customers.services.permission import check_actor
from licensing.errors import resume_first
from licensing.models import Product, Subscription
from licensing.rules import Catalog


@dataclass(frozen=True, slots=True)
class Offer:
    """A subscription that the customer has, with the words for its plans, casefolded."""

    subscription: Subscription
    plans: Mapping[str, str]

    @classmethod
    def of(cls, subscription: Subscription) -> Self:
        plans = subscription.product.plans.all()
        words = ((word, plan.code) for plan in plans for word in (plan.name, plan.code))
        return cls(subscription, {word.casefold(): code for word, code in words})


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
    today: date
    near: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, customer: Customer, actor: User) -> Self:
        """Read all of it. Refused when the actor may not add users any more."""
        fresh = check_actor(actor, Capability.MANAGE_USERS, customer=customer)
        own = customer.subscriptions.current().for_list().prefetch_related("product__plans")
        subscriptions = {row.pk: Offer.of(row) for row in own}
        words: dict[str, Offer | None] = {}
        for offer in subscriptions.values():
            name = offer.subscription.product.name.casefold()
            words[name] = None if name in words else offer
        for offer in subscriptions.values():
            words[offer.subscription.product.sku.casefold()] = offer
        sold = Product.objects.known_to(customer.partner_id).filter(is_offered=True)
        unknown = sold.values_list("name", "sku")
        return cls(
            customer=customer,
            actor=fresh,
            domains={domain.name: domain for domain in customer.domains.all()},
            offers=words,
            subscriptions=subscriptions,
            not_bought={
                word.casefold(): name
                for name, sku in unknown
                for word in (name, sku)
                if word.casefold() not in words
            },
            catalog=Catalog(),
            today=today_of(customer),
        )

    @property
    def primary(self) -> Domain:
        return next(domain for domain in self.domains.values() if domain.is_primary)

    @property
    def reaches_administrators(self) -> bool:
        return self.actor.is_staff or self.actor.reach(Capability.MANAGE_USERS) == Reach.FULL

    def nearest_domain(self, name: str) -> str:
        """Return the domain that was probably meant, or ""."""
        if name not in self.near:
            found = get_close_matches(name, self.domains, n=1, cutoff=0.75)
            self.near[name] = found[0] if found else ""
        return self.near[name]

    def free(self) -> dict[int, int]:
        """Return how many seats can be given out, by subscription."""
        return {pk: offer.subscription.assignable for pk, offer in self.subscriptions.items()}

    def license_problems(
        self, before: Collection[int], after: Collection[int], location: str, *, moved: bool = False
    ) -> tuple[str, ...]:
        """Return what speaks against holding `after` where `before` was held, in sentences.

        A user who has moved to the location must be able to keep there what stays.
        """
        texts = []
        added = [pk for pk in after if pk not in before]
        for pk in added:
            # What was chosen for all rows may have been suspended or canceled since.
            offer = self.subscriptions.get(pk)
            if offer is None:
                texts.append(_("A subscription chosen for all users no longer exists."))
            elif not offer.subscription.is_active:
                texts.append(resume_first(offer.subscription))
        had, has, taken = (
            [
                self.subscriptions[pk].subscription.product_id
                for pk in some
                if pk in self.subscriptions
            ]
            for some in (before, after, after if moved else added)
        )
        texts += self.catalog.problems(has, taken, location).values()
        texts += self.catalog.orphaned(set(has), set(had) - set(has)).values()
        return tuple(texts)
