from django.db.models import Q
from django.utils.text import format_lazy

from customers.actions import Action as Event
from customers.formats import figure
from customers.models import Batch, BatchKind
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy, ngettext

from ..models import User, UserQuerySet
from ..queries.bulk_preview import seats_of
from ..services.undo.blocking import UNDO_BLOCK
from ..services.users import block_users
from ..services.users.blocking import BLOCKED_ALREADY, NOT_ONESELF
from .base import BulkAction, Order, Place
from .words import locked_out, products


class Block(BulkAction):
    name = "block"
    kind = BatchKind.BLOCK
    place = Place.USERS
    capability = Capability.MANAGE_USERS
    events = (Event.USER_BLOCKED,)
    icon = "slash-circle"
    everyday = True
    inverse = UNDO_BLOCK
    not_self = NOT_ONESELF
    already = Q(blocked_at__isnull=False)
    text_for_staff = gettext_lazy("This account can't be used until sign-in is allowed again.")
    text_for_one = format_lazy("{} {}", text_for_staff, gettext_lazy("Licenses stay."))

    def run(self, order: Order) -> Batch:
        return block_users(order.users, **order.terms)

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        back = ngettext(
            "Allow sign-in reverses this: the password stays the same.",
            "Allow sign-in reverses this: the passwords stay the same.",
            count,
        )
        seats = [] if users is None else seats_of(users)
        total = sum(number for _name, number in seats)
        if users is None:
            kept = _("Licenses and data stay, and the seats stay taken.")
        elif not seats:
            kept = _("Data stays. No license is assigned, so no seat is taken.")
        else:
            text = ngettext(
                "Licenses and data stay, and %(count)s seat stays taken: %(products)s.",
                "Licenses and data stay, and %(count)s seats stay taken: %(products)s.",
                total,
            )
            kept = text % {"count": figure(total), "products": products(seats)}
        return [locked_out(count), kept, back]

    def pointless(self, user: User) -> str:
        return str(BLOCKED_ALREADY) if user.blocked_at else ""

    def already_text(self, count: int) -> str:
        return ngettext(
            "%(count)s is already blocked: %(names)s.",
            "%(count)s are already blocked: %(names)s.",
            count,
        )

    def done_to_one(self) -> str:
        return self.done(1)


BLOCK = Block()
