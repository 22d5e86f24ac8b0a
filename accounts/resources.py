"""What leaves the portal about users: columns and values; nothing is ever saved from here.

The headings are those of the upload, so that what was taken out can be read back.
"""

from typing import Any

from import_export import fields, resources

from .models import User

_COLUMNS = {
    "user_name": "User name",
    "first_name": "First name",
    "last_name": "Last name",
    "display_name": "Display name",
    "job_title": "Job title",
    "department": "Department",
    "office": "Office number",
    "office_phone": "Office phone",
    "mobile_phone": "Mobile phone",
    "fax": "Fax",
    "alternate_email": "Alternate email address",
    "street": "Address",
    "city": "City",
    "state": "State or province",
    "postal_code": "ZIP or postal code",
    "country__code": "Country or region",
    "usage_location__code": "Usage location",
}


class UserResource(resources.ModelResource):
    partner = fields.Field(column_name="Partner")
    customer = fields.Field(column_name="Customer")
    permissions = fields.Field(column_name="Permissions")
    added = fields.Field(attribute="added_at", column_name="Added")
    deleted = fields.Field(attribute="deleted_at", column_name="Deleted")
    blocked = fields.Field(attribute="blocked_at", column_name="Sign-in blocked")

    class Meta:
        model = User
        fields = ("partner", "customer", "permissions", "added", "deleted", "blocked")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for attribute, heading in _COLUMNS.items():
            self.fields[attribute] = fields.Field(attribute=attribute, column_name=heading)

    def get_export_order(self) -> tuple[str, ...]:
        return ("partner", "customer", *_COLUMNS, "permissions", "added", "deleted", "blocked")

    def dehydrate_partner(self, user: User) -> str:
        partner = user.customer.partner if user.customer else user.partner
        return str(partner or "")

    def dehydrate_customer(self, user: User) -> str:
        return str(user.customer or "")

    def dehydrate_permissions(self, user: User) -> str:
        return "; ".join(role.value for role in user.roles)
