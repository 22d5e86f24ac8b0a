"""What is done by itself, as support staff see it."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyAdmin

from .models import Schedule


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """What waits for its time, began, failed or was canceled."""

    list_display = ("kind", "customer", "number", "due_at", "by", "state", "refusal")
    list_filter = ("state", "kind")
    list_select_related = ("customer", "by")
    search_fields = ("customer__name", "reason")
    ordering = ("-id",)
    # The key belongs to the form of another user.
    hidden = ("key",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.annotate(number=models.Count("items"))

    @admin.display(description=_("users"))
    def number(self, schedule: Any) -> int:
        return int(schedule.number)
