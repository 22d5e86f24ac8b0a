"""What the portal keeps for users while they work: shown, so that support can help."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyAdmin

from ..models import Delivery, SavedFilter, Selection


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("sheet", "to", "user", "by", "state", "tries", "created_at", "sent_at")
    counts = ("users",)
    list_filter = ("state", "to", "created_at")
    list_select_related = ("sheet", "user", "by")
    search_fields = ("user__user_name", "by__user_name", "sheet__customer__name")
    ordering = ("-id",)


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnlyAdmin):
    list_display = ("name", "owner", "customer", "is_shared")
    list_filter = ("is_shared",)
    list_select_related = ("owner", "customer")
    search_fields = ("name", "owner__user_name", "customer__name")


@admin.register(Selection)
class SelectionAdmin(ReadOnlyAdmin):
    list_display = ("id", "owner", "customer", "by_filter", "created_at")
    counts = ("found",)
    list_filter = ("by_filter",)
    list_select_related = ("owner", "customer")
    search_fields = ("owner__user_name", "customer__name")
    # With the token another user's selection could be named in a page.
    hidden = ("token",)


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    """Django's own log of the admin: names of rows and fields, no values."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    # Of all kinds of rows most are in no list here, nor have a name for readers.
    list_filter = ("action_flag", ("content_type", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__user_name")
    hidden = ("change_message",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "told"]

    @admin.display(description=_("changes"))
    def told(self, entry: LogEntry) -> str:
        return entry.get_change_message() or self.get_empty_value_display()
