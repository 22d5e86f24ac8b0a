"""What lists of users and the page of a user offer of what is done on a date."""

from collections.abc import Collection

from django.urls import reverse

from accounts.actions.base import BulkAction, Place
from accounts.models import User, UserQuerySet
from accounts.queries.bulk_preview import judge
from customers.models import BatchKind, Customer
from customers.roles import CUSTOMER_ROLES, Capability
from customers.said import gettext as _
from customers.said import gettext_lazy, ngettext

from ..queries.leaving import leaving
from ..services.leaving import NOT_ONESELF


class Leave(BulkAction):
    """Remove users: a plan of other actions (leave_steps), on a page of its own.

    Its batches are those of the steps; the last of them gives it the kind.
    """

    name = "leave"
    kind = BatchKind.DELETE
    place = Place.USERS
    own_page = True
    capability = Capability.MANAGE_USERS
    icon = "person-dash"
    dangerous = True
    everyday = True
    not_self = NOT_ONESELF
    grave_roles = CUSTOMER_ROLES
    label = gettext_lazy("Remove users")
    label_for_one = gettext_lazy("Remove user")
    text_for_one = gettext_lazy(
        "For someone who leaves: block, remove licenses and delete, each now or on a date."
    )

    def url(self, customer: Customer, query: str) -> str:
        return f"{reverse('automation:leave', args=[customer.pk])}?{query}"

    def url_for(self, user: User) -> str:
        return f"{reverse('automation:leave', args=[user.customer_id])}?user={user.pk}"

    def judge(self, users: Collection[int], *, customer: Customer, actor: User) -> UserQuerySet:
        return judge(
            users,
            customer=customer,
            actor=actor,
            capability=self.capability,
            but_oneself=True,
            already=leaving(),
        )

    def already_text(self, count: int) -> str:
        return ngettext(
            "%(count)s is already being removed: %(names)s.",
            "%(count)s are already being removed: %(names)s.",
            count,
        )

    def pointless(self, user: User) -> str:
        known = User.objects.filter(leaving(), pk=user.pk)
        return _("Already being removed.") if known.exists() else ""


LEAVE = Leave()
