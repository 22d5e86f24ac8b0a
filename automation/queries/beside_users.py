"""What a list of users tells of automation at its customer, asked for with the customer."""

from django.db.models import Exists, OuterRef

from accounts.models import User
from customers.log.events import CountOf
from customers.models import CustomerQuerySet

from ..models import LicenseRule
from .schedules import ahead, seen_by


def with_automation(customers: CustomerQuerySet, viewer: User) -> CustomerQuerySet:
    """Annotate `schedules_ahead`, which this user sees, and `has_rules`."""
    waiting = ahead(seen_by(viewer)).filter(customer=OuterRef("pk"))
    return customers.annotate(
        schedules_ahead=CountOf(waiting.order_by().values("pk")),
        has_rules=Exists(LicenseRule.objects.filter(customer=OuterRef("pk"))),
    )
