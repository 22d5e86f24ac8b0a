"""What one gets for nothing: a plain admin with import and export, everything left at default."""

from django.contrib.admin import AdminSite
from import_export.admin import ImportExportModelAdmin

from accounts.models import User

site = AdminSite(name="stock")


class StockUserAdmin(ImportExportModelAdmin):
    list_display = ("display_name", "user_name", "customer", "blocked_at", "must_change_password")
    search_fields = ("display_name", "user_name", "first_name", "last_name")


site.register(User, StockUserAdmin)
