"""Licenses of users in the words in which an upload names them."""

from collections import Counter
from collections.abc import Sequence

from customers.models import Customer
from licensing.models import LicenseAssignment, Product, ServicePlan

from ..models import User

# These separate products, and plans from their product.
_SEPARATORS = (";", "\n", "\r")


class HeldLicenses:
    """Live licenses of a customer's users, a chunk of users at a time."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer
        products = list(Product.objects.filter(subscriptions__customer=customer).distinct())
        named = Counter(
            word.casefold() for product in products for word in (product.name, product.sku)
        )
        self._products = {
            product.pk: product.sku
            if named[product.name.casefold()] > 1
            or any(mark in product.name for mark in _SEPARATORS)
            else product.name
            for product in products
        }
        self._skus = {product.pk: product.sku for product in products}
        plans = ServicePlan.objects.filter(product__in=self._products)
        words = Counter(
            word for plan in plans for word in {plan.code.casefold(), plan.name.casefold()}
        )
        self._shared = {word for word, count in words.items() if count > 1}
        self._of: dict[int, list[tuple[int, list[str]]]] = {}

    def word(self, product_id: int) -> str:
        """Return by what an upload finds this product: its name, or its sku where that won't do."""
        return self._products[product_id]

    def load(self, users: Sequence[User]) -> None:
        """Forget the users who were loaded before, and look up these."""
        rows = (
            LicenseAssignment.objects.live()
            .filter(user__among=[user.pk for user in users], customer=self.customer)
            .order_by("subscription__product__name", "subscription__product")
            .values_list("user_id", "subscription__product", "services_off")
        )
        self._of = {}
        for user_id, product, off in rows:
            self._of.setdefault(user_id, []).append((product, off))

    def products(self, user: User) -> list[str]:
        """Return products by name, or by sku where the name would not do."""
        return [self._products[product] for product, _off in self._of.get(user.pk, ())]

    def services_off(self, user: User) -> list[str]:
        """Return codes of plans, with the product where two products have a plan of that word."""
        return [
            f"{self._skus[product]}: {code}" if code.casefold() in self._shared else code
            for product, off in self._of.get(user.pk, ())
            for code in off
        ]
