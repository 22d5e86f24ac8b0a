from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from customers.actions import Action as Event
from customers.formats import figure
from customers.models import Batch, BatchItem, BatchKind
from customers.roles import CUSTOMER_ROLES, Capability, Role
from customers.said import gettext as _
from customers.said import gettext_lazy, ngettext

from ..models import User, UserQuerySet
from ..queries.bulk_preview import seats_of
from ..services.undo.later import CHANGED
from ..services.undo.returning import UNDO_DELETE
from ..services.users import delete_users
from ..services.users.deleting import NOT_ONESELF
from .base import BulkAction, Group, Order, Place
from .words import locked_out, products


class Delete(BulkAction):
    name = "delete"
    kind = BatchKind.DELETE
    place = Place.USERS
    capability = Capability.MANAGE_USERS
    events = (Event.USER_DELETED,)
    icon = "trash"
    whole = True
    inverse = UNDO_DELETE
    deletes = True
    dangerous = True
    not_self = NOT_ONESELF
    grave_for_many = True
    grave_roles = CUSTOMER_ROLES
    label_for_one = gettext_lazy("Delete user account")
    text_for_one = gettext_lazy(
        "Licenses are freed at once; the account can be restored for a limited time."
    )

    def run(self, order: Order) -> Batch:
        return delete_users(order.users, **order.terms)

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        days = settings.DELETED_USER_RETENTION_DAYS
        if count == 1:
            restorable = ngettext(
                "For %(days)s day the account can be restored, under Deleted users, with"
                " permissions, contact data and password as they are now.",
                "For %(days)s days the account can be restored, under Deleted users, with"
                " permissions, contact data and password as they are now.",
                days,
            )
        else:
            restorable = ngettext(
                "For %(days)s day the accounts can be restored, under Deleted users, with"
                " permissions, contact data and passwords as they are now.",
                "For %(days)s days the accounts can be restored, under Deleted users, with"
                " permissions, contact data and passwords as they are now.",
                days,
            )
        seats = [] if users is None else seats_of(users)
        total = sum(number for _name, number in seats)
        freed = ngettext(
            "%(count)s seat is free at once: %(products)s.",
            "%(count)s seats are free at once: %(products)s.",
            total,
        ) % {"count": figure(total), "products": products(seats)}
        if not seats:
            freed = _("No license is assigned: no seat changes.")
        final = timezone.localtime(timezone.now() + timedelta(days=days))
        becomes = _("Permanently deleted on %(date)s, if you delete now.")
        return [
            locked_out(count),
            *([] if users is None else [freed]),
            restorable % {"days": days},
            becomes % {"date": date_format(final, "DATETIME_FORMAT")},
        ]

    def points_for_one(self, user: User) -> list[str]:
        return self.points(1, UserQuerySet(User).filter(pk=user.pk))

    def is_grave_to_undo(self, batch: Batch) -> bool:
        """Whether it brings a Global administrator back, whose password others may know by now."""
        changed = batch.items.filter(outcome__in=CHANGED).order_by()
        return changed.filter(user__groups__name=Role.GLOBAL_ADMIN).exists()

    def done(self, count: int) -> str:
        return ngettext("User deleted", "Users deleted", count)

    def done_to_one(self) -> str:
        return _("Deleted")

    def groups(self, item: BatchItem, products: Mapping[str, str]) -> list[Group]:
        return [(_("Seats freed"), item.after.get("released", []))]


DELETE = Delete()
