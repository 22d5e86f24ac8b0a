from django.urls import reverse

from customers.actions import Action as Event
from customers.models import Batch, BatchKind
from customers.roles import Capability
from customers.said import gettext as _

from .base import BatchAction


class ChangeSubscription(BatchAction):
    """Change of a customer's subscription, and of no user: licensing does it; its batch is
    empty.
    """

    name = "subscription"
    kind = BatchKind.SUBSCRIPTION
    capability = Capability.MANAGE_SUBSCRIPTIONS
    events = (
        Event.SUBSCRIPTION_ADDED,
        Event.SUBSCRIPTION_SEATS,
        Event.SUBSCRIPTION_PRICE,
        Event.SUBSCRIPTION_SUSPENDED,
        Event.SUBSCRIPTION_RESUMED,
        Event.SUBSCRIPTION_CANCELED,
    )

    def heading(self, batch: Batch) -> str:
        return _("Subscription changed")

    def list_url(self, batch: Batch) -> str:
        return reverse("licensing:subscription-list", args=[batch.customer_id])


SUBSCRIPTION = ChangeSubscription()
