from django.urls import reverse

from accounts.actions.base import BulkAction, Place
from customers.actions import Action as Event
from customers.models import BatchKind, Customer
from customers.roles import Capability
from customers.said import gettext_lazy


class StartReview(BulkAction):
    """The button above the users that asks about the selected ones; it leaves no batch of its own.

    What comes of a review is left by its services, with the actions that exist.
    """

    name = "review"
    label = gettext_lazy("Start review")
    # Of what comes of it at least: it is open to the same users.
    kind = BatchKind.LICENSES
    place = Place.USERS
    own_page = True
    capability = Capability.MANAGE_LICENSES
    events = (Event.REVIEW_STARTED,)
    icon = "clipboard-check"

    def url(self, customer: Customer, query: str) -> str:
        return f"{reverse('automation:review-add', args=[customer.pk])}?{query}"


START_REVIEW = StartReview()
