"""What a customer's user can ask for: licenses that the user lacks, and services that are off."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from applications.models import Application, ApplicationPlan
from licensing.models import LicenseAssignment, Product, ServicePlan, Subscription

from ..models import LicenseRequest, RequestKind, RequestState

# After a refusal, one may ask again for the same only then.
AGAIN_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wish:
    """A product that can be asked for, or one of its services that is off in the license.

    Without a subscription of the customer it has to be bought first.
    """

    product: Product
    plan: ServicePlan | None
    subscription: Subscription | None

    @property
    def value(self) -> str:
        """Return it as a form sends it."""
        return f"{self.product.pk}-{self.plan.code}" if self.plan else str(self.product.pk)


class Wishes:
    """All that decides what a user can ask for, read once for any number of applications."""

    def __init__(self, user: User, *, now: datetime | None = None) -> None:
        self.user = user
        self.now = now or timezone.now()
        held = LicenseAssignment.objects.live().filter(user=user)
        self.held: dict[int, Sequence[str]] = dict(
            held.values_list("subscription__product", "services_off")
        )
        own = Subscription.objects.current().filter(customer=user.customer_id)
        self.subscriptions = {row.product_id: row for row in own.for_list()}
        asked = LicenseRequest.objects.filter(user=user, kind=RequestKind.LICENSE)
        self.open: dict[int, LicenseRequest] = {}
        self.declined: dict[int, datetime] = {}
        for row in asked.exclude(state__in=[RequestState.APPROVED, RequestState.CANCELED]):
            if row.state == RequestState.OPEN:
                self.open[row.product_id] = row
            elif row.answered_at and row.answered_at + AGAIN_AFTER > self.now:
                self.declined.setdefault(row.product_id, row.answered_at + AGAIN_AFTER)

    def of_applications(self, applications: Iterable[Application]) -> dict[int, list[Wish]]:
        """Return by the application's id what would open it; two queries for any number."""
        rows = ApplicationPlan.objects.filter(
            application__in=[row.pk for row in applications if row.is_on]
        ).select_related("plan__product")
        plans: dict[int, list[ServicePlan]] = defaultdict(list)
        for row in rows.order_by("plan__product__name", "plan__name", "pk"):
            plans[row.application_id].append(row.plan)
        offered = self._offered({plan.product_id for each in plans.values() for plan in each})
        return {pk: self._opening(each, offered) for pk, each in plans.items()}

    def of_products(self) -> list[Wish]:
        """Return the customer's products that the user has no license for."""
        return [
            Wish(row.product, None, row)
            for row in self.subscriptions.values()
            if row.is_active and row.product_id not in self.held
        ]

    def _opening(self, plans: Iterable[ServicePlan], offered: Mapping[int, Product]) -> list[Wish]:
        """Return what is the least: a service that is off, else a license that is there to give,
        else one that has to be bought.
        """
        off, there, to_buy = list[Wish](), dict[int, Wish](), dict[int, Wish]()
        for plan in plans:
            product, row = plan.product_id, self.subscriptions.get(plan.product_id)
            if product in self.held:
                if row and row.is_active and plan.code in self.held[product]:
                    off.append(Wish(plan.product, plan, row))
            elif row:
                if row.is_active:
                    there[product] = Wish(plan.product, None, row)
            elif product in offered:
                to_buy[product] = Wish(plan.product, None, None)
        return off or list(there.values()) or list(to_buy.values())

    def _offered(self, products: Iterable[int]) -> dict[int, Product]:
        """Return which of these the partner could sell to the customer."""
        customer = self.user.customer
        missing = set(products) - self.held.keys() - self.subscriptions.keys()
        if customer is None or not missing:
            return {}
        known = Product.objects.known_to(customer.partner_id)
        return known.filter(is_offered=True).in_bulk(missing)
