from django.db.models import Q

from customers.actions import Action as Event
from customers.models import Batch, BatchKind
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy, ngettext

from ..models import User, UserQuerySet
from ..services.undo.blocking import UNDO_ALLOW
from ..services.users import allow_users
from .base import BulkAction, Order, Place


class Allow(BulkAction):
    name = "allow"
    kind = BatchKind.ALLOW
    place = Place.USERS
    capability = Capability.MANAGE_USERS
    events = (Event.USER_ALLOWED,)
    icon = "check-circle"
    everyday = True
    tone = "primary"
    inverse = UNDO_ALLOW
    already = Q(blocked_at=None)
    text_for_one = text_for_staff = gettext_lazy(
        "The user can sign in again with the same password."
    )
    already_for_one = gettext_lazy("Sign-in is already allowed.")

    def run(self, order: Order) -> Batch:
        return allow_users(order.users, **order.terms)

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        again = ngettext(
            "The user can sign in again, with the same password as before.",
            "They can sign in again, with the same passwords as before.",
            count,
        )
        return [again, _("Sessions that the block ended are not reopened.")]

    def pointless(self, user: User) -> str:
        return "" if user.blocked_at else str(self.already_for_one)

    def already_text(self, count: int) -> str:
        return ngettext(
            "%(count)s is not blocked: %(names)s.",
            "%(count)s are not blocked: %(names)s.",
            count,
        )

    def done_to_one(self) -> str:
        return self.done(1)


ALLOW = Allow()
