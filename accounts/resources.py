"""What enters and leaves the portal about users: columns, cleaning, values; nothing is saved here.

The headings are those of the upload, so that what was taken out can be read back.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any

from import_export import fields, resources
from import_export.widgets import Widget

from customers.models import Customer
from customers.resources import MomentWidget

from .columns import COLUMNS
from .models import User
from .queries.license_cells import HeldLicenses
from .widgets import CountryWidget, DetailWidget, EmailWidget

# The upload's columns that are a field of the user; permissions and licenses are worked out.
_APART = {"permissions", "subscriptions", "services_off", "starts_on", "status_update"}
_COLUMNS = {name: column.heading for name, column in COLUMNS.items() if name not in _APART}


class UserResource(resources.ModelResource):
    partner = fields.Field(column_name="Partner")
    customer = fields.Field(column_name="Customer")
    permissions = fields.Field(column_name="Permissions")
    added = fields.Field("added_at", "Added", MomentWidget())
    deleted = fields.Field("deleted_at", "Deleted", MomentWidget())
    final = fields.Field("purge_after", "Permanently deleted", MomentWidget())
    blocked = fields.Field("blocked_at", "Sign-in blocked", MomentWidget())

    class Meta:
        model = User
        fields = ("partner", "customer", "permissions", "added", "deleted", "final", "blocked")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for attribute, heading in _COLUMNS.items():
            widget: Widget = CountryWidget()
            if attribute not in {"country__code", "usage_location__code"}:
                kind = EmailWidget if attribute == "alternate_email" else DetailWidget
                column: Any = User._meta.get_field(attribute)
                widget = kind(column.max_length)
            self.fields[attribute] = fields.Field(attribute, heading, widget)

    def get_export_order(self) -> tuple[str, ...]:
        moments = ("added", "deleted", "final", "blocked")
        return ("partner", "customer", *_COLUMNS, "permissions", *moments)

    def dehydrate_partner(self, user: User) -> str:
        return str(user.own_partner or "")

    def dehydrate_customer(self, user: User) -> str:
        return str(user.customer or "")

    def dehydrate_permissions(self, user: User) -> str:
        return "; ".join(role.value for role in user.roles)


class CustomerUserResource(UserResource):
    """The upload's columns and no others: what is taken out can be edited and uploaded again."""

    subscriptions = fields.Field(column_name="Subscriptions")
    services_off = fields.Field(column_name="Services off")
    starts_on = fields.Field(column_name="Start date")

    class Meta:
        model = User
        fields = ("permissions", "subscriptions", "services_off", "starts_on")

    def __init__(self, customer: Customer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.customer = customer

    @cached_property
    def held(self) -> HeldLicenses:
        return HeldLicenses(self.customer)

    @cached_property
    def _readers(self) -> list[Callable[[User], str]]:
        """Return what reads each column; export_field looks each up anew, most of a file's time."""
        return [
            getattr(self, f"dehydrate_{name}", None) or attrgetter(name.replace("__", "."))
            for name in self.get_export_order()
        ]

    def cleaners(self) -> dict[str, Callable[[str], str]]:
        """Return, by field of the model, what makes its value of a cell or raises ValueError."""
        return {
            name.removesuffix("__code"): self.fields[name].widget.clean
            for name in _COLUMNS
            if name != "user_name"
        }

    def get_export_order(self) -> tuple[str, ...]:
        return (*_COLUMNS, "permissions", "subscriptions", "services_off", "starts_on")

    def rows(self, users: Sequence[User]) -> list[list[str]]:
        """Return the cells of these users, with one query for all their licenses."""
        self.held.load(users)
        return [[read(user) or "" for read in self._readers] for user in users]

    def dehydrate_permissions(self, user: User) -> str:
        return super().dehydrate_permissions(user) or "User"

    def dehydrate_subscriptions(self, user: User) -> str:
        return "; ".join(self.held.products(user))

    def dehydrate_services_off(self, user: User) -> str:
        return "; ".join(self.held.services_off(user))

    def dehydrate_starts_on(self, user: User) -> str:
        """Return the first day of who has not started yet."""
        return str(user.starts_on) if user.is_to_start else ""
