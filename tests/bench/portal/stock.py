"""What one gets for nothing: a plain admin with import and export, everything left at default."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import AdminSite
from django.utils import timezone
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource
from tablib import Dataset

from accounts.models import User
from licensing.models import LicenseAssignment

site = AdminSite(name="stock")


class StockUserAdmin(ImportExportModelAdmin):
    list_display = ("display_name", "user_name", "customer", "blocked_at", "must_change_password")
    search_fields = ("display_name", "user_name", "first_name", "last_name")


site.register(User, StockUserAdmin)


class StockUserResource(ModelResource):
    class Meta:
        model = User


class StockLicenseResource(ModelResource):
    class Meta:
        model = LicenseAssignment


def import_users(
    users: Sequence[tuple[str, ...]], *, columns: Sequence[str], customer: int
) -> None:
    """User name, display name and the values of the columns; a file that names the rest itself."""
    headings = ["user_name", "display_name", *columns]
    derived = ["username", "sort_name", "search_text", "password", "customer", "domain"]
    rows = [
        (*row, row[0].lower(), row[1].lower(), row[1].lower(), "!", customer, customer)
        for row in users
    ]
    _import(StockUserResource(), [*headings, *derived], rows)


def import_licenses(users: Sequence[int], *, subscription: int, customer: int) -> None:
    headings = ["user", "subscription", "customer", "services_off", "assigned_at"]
    now = timezone.now().strftime("%Y-%m-%d %H:%M:%S")
    rows = [(user, subscription, customer, "[]", now) for user in users]
    _import(StockLicenseResource(), headings, rows)


def _import(resource: Any, headings: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Looked at first, as its page does, then written."""
    for dry_run in (True, False):
        result = resource.import_data(Dataset(*rows, headers=headings), dry_run=dry_run)
        if result.has_errors() or result.has_validation_errors():
            [row] = [*result.error_rows, *result.invalid_rows][:1]
            raise RuntimeError(f"Stock refuses a row: {row}")
