"""What would come of approving a request now: as the service will find it, before it is asked."""

from dataclasses import dataclass

from accounts.queries.license_groups import groups_of
from accounts.services.licenses import LicenseChange, plan, problems_of
from licensing.models import Subscription
from licensing.rules import Catalog

from ..models import LicenseRequest


@dataclass(frozen=True, slots=True)
class Outlook:
    """The customer's subscription, if there is one, and what is in the way of the license."""

    subscription: Subscription | None
    problems: list[str]
    has_it_already: bool = False

    @property
    def is_short(self) -> bool:
        """Whether the license would need a seat that is not there."""
        row = self.subscription
        if row is None or self.has_it_already or not row.is_active:
            return False
        return row.available < 1

    @property
    def is_possible(self) -> bool:
        row = self.subscription
        return bool(row and row.is_active and not self.problems and not self.is_short)


def outlook_of(request: LicenseRequest) -> Outlook:
    """Return the outlook of a request for a license."""
    customer = request.customer
    own = customer.subscriptions.current().select_related("product")
    row = own.filter(product=request.product_id).first()
    if row is None:
        return Outlook(None, [])
    switch_on = frozenset([request.service] if request.service else [])
    changes = {row.pk: LicenseChange(have=True, switch_on=switch_on)}
    steps = plan(groups_of([request.user_id], customer), changes, {row.pk: row})
    catalog = Catalog()
    problems = [why for step in steps for why in problems_of(step, catalog).values()]
    return Outlook(row, problems, bool(steps) and not any(step.touched for step in steps))
