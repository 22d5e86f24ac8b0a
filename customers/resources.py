"""Columns and values of customers in exported files; nothing is ever saved from here."""

from typing import Any

from import_export import fields, resources, widgets

from .formats import exact
from .models import Customer


class MomentWidget(widgets.Widget):
    """A moment, as the viewer's clock has it and with its offset."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return exact(value) if value else ""


class CustomerResource(resources.ModelResource):
    partner = fields.Field(attribute="partner__name", column_name="Partner")
    name = fields.Field(attribute="name", column_name="Name")
    primary_domain = fields.Field(attribute="primary_domain", column_name="Primary domain")
    country = fields.Field(attribute="country__code", column_name="Country")
    contact_email = fields.Field(attribute="contact_email", column_name="Contact email")
    active_users = fields.Field(attribute="active_users", column_name="Active users")
    deleted_users = fields.Field(attribute="deleted_users", column_name="Deleted users")
    created_at = fields.Field("created_at", "Added", MomentWidget())

    class Meta:
        model = Customer
        fields = (
            "partner",
            "name",
            "primary_domain",
            "country",
            "contact_email",
            "active_users",
            "deleted_users",
            "created_at",
        )
        export_order = fields
