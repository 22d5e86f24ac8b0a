from collections.abc import Mapping
from urllib.parse import urlencode

from customers.actions import Action as Event
from customers.models import Batch, BatchItem, BatchKind
from customers.roles import Capability
from customers.said import gettext as _

from ..models import User
from ..services.licenses import LicenseChange, change_licenses, take_all_licenses
from ..services.licenses.holding import change_despite
from ..services.undo.licenses import UNDO_LICENSES
from .base import BulkAction, Group, Order, Place, Request

# What is asked for where all licenses are taken.
TAKE_ALL: Request = {"take_all": True}


class ManageLicenses(BulkAction):
    """It has a page of its own, which counts before it saves (accounts.views.licenses).

    With `TAKE_ALL` for its request it takes whatever the users have when it is run.
    """

    name = "licenses"
    kind = BatchKind.LICENSES
    place = Place.USERS
    own_page = True
    capability = Capability.MANAGE_LICENSES
    events = (Event.LICENSE_ASSIGNED, Event.LICENSE_REVOKED, Event.LICENSE_SERVICES)
    icon = "box-seam"
    inverse = UNDO_LICENSES
    names_products = True

    def run(self, order: Order) -> Batch:
        if TAKE_ALL.items() <= order.request.items():
            return take_all_licenses(order.users, **order.terms)
        wanted = order.request["changes"].items()
        change = change_despite() if order.request.get("exceptions") else None
        return (change or change_licenses)(
            order.users,
            {int(pk): LicenseChange.from_json(change) for pk, change in wanted},
            as_many_as_fit=order.request["as_many_as_fit"],
            **order.terms,
        )

    def url_for(self, user: User) -> str:
        return self.url(user.customer, urlencode({"user": user.pk}))  # type: ignore[arg-type]

    def done(self, count: int) -> str:
        return _("Licenses updated")

    def groups(self, item: BatchItem, products: Mapping[str, str]) -> list[Group]:
        return license_groups(item, products)


def license_groups(item: BatchItem, products: Mapping[str, str]) -> list[Group]:
    """What was done to a user's licenses, each by the name of its product.

    An item holds them by subscription: None for no license, else the plans that are off.
    """
    before, after = item.before.get("licenses", {}), item.after.get("licenses", {})
    touched = [key for key in products if key in after]
    assigned = [products[key] for key in touched if before[key] is None]
    revoked = [products[key] for key in touched if after[key] is None]
    switched = [
        products[key] for key in touched if before[key] is not None and after[key] is not None
    ]
    return [
        (_("Assigned"), assigned),
        (_("Revoked"), revoked),
        (_("Service plans changed"), switched),
    ]


LICENSES = ManageLicenses()
