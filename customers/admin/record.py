"""The record of what was done: to be read, never to be written here."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..formats import TO_WHOM
from ..log.history import reason_text, sentences_of, target_name
from ..log.plans import plan_names
from ..models import AuditEvent, AuditNames, AuditSeal, Batch, BatchItem
from .base import ReadOnlyAdmin


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "by", "customer", "total", "failed", "created_at")
    counts = ("total", "done", "failed", "already")
    list_filter = ("kind", "state", "created_at")
    list_select_related = ("by", "customer")
    search_fields = ("customer__name", "by__user_name")
    ordering = ("-id",)
    hidden = ("key",)


@admin.register(BatchItem)
class BatchItemAdmin(ReadOnlyAdmin):
    list_display = ("batch", "user", "outcome", "reason")
    list_filter = ("outcome",)
    list_select_related = ("batch", "user")
    search_fields = ("user__user_name", "=batch__id")
    ordering = ("-id",)


class ToldNames:
    """The names of an event as the log's page says them: some are that of a kind, in English."""

    @admin.display(description=TO_WHOM, ordering="target")
    def to_whom(self, names: AuditNames) -> str:
        return target_name(names.event)

    @admin.display(description=_("changes"))
    def changes_in_words(self, names: AuditNames) -> str | None:
        return "\n".join(sentences_of(names.changes)) or None


class NamesInline(ToldNames, admin.StackedInline[AuditNames, Any]):
    """The personal part of an event, for those who may view the names in the log."""

    model = AuditNames
    fields = readonly_fields = ("actor", "to_whom", "changes_in_words")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("happened", "action", "who", "to_whom", "customer", "partner", "batch_id")
    counts = ("stands_for",)
    list_filter = ("action", "partner", "at")
    list_select_related = ("names", "customer", "partner")
    search_fields = ("names__actor", "names__target", "reason")
    ordering = ("-id",)
    inlines = (NamesInline,)
    hidden = ("reason",)
    readonly_fields = ("told_reason",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), *self.readonly_fields]

    def get_list_display(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        shown = super().get_list_display(request)
        if self._may_see_names(request):
            return shown
        return [each for each in shown if each not in ("who", "to_whom")]

    def get_search_fields(self, request: HttpRequest) -> list[str] | tuple[str, ...]:
        """Return the fields to search: a hit among the names would tell whom an event is about."""
        fields = super().get_search_fields(request)
        if self._may_see_names(request):
            return fields
        return [each for each in fields if not each.startswith("names__")]

    def _may_see_names(self, request: HttpRequest) -> bool:
        return self.admin_site.get_model_admin(AuditNames).has_view_permission(request)

    @admin.display(description=_("reason"))
    def told_reason(self, event: AuditEvent) -> str:
        return reason_text(event) or self.get_empty_value_display()

    @admin.display(description=AuditEvent._meta.get_field("at").verbose_name, ordering="id")
    def happened(self, event: AuditEvent) -> datetime:
        """Return the moment. Events are numbered as they happen, and only numbers have an index
        of their own: so the heading shows, too, that the newest stands first.
        """
        return event.at

    @admin.display(description=_("who"))
    def who(self, event: AuditEvent) -> str:
        return event.named.actor

    @admin.display(description=TO_WHOM)
    def to_whom(self, event: AuditEvent) -> str:
        return target_name(event)

    @admin.display(description=_("changes"))
    def changes_in_words(self, event: AuditEvent) -> str:
        """Return what the log's page says of it, without personal values: the inline has them."""
        said = sentences_of(event.changes, plan_names([event]))
        return "\n".join(said) or self.get_empty_value_display()


@admin.register(AuditNames)
class AuditNamesAdmin(ToldNames, ReadOnlyAdmin):
    """The names in the log on their own, for a user who asks what is known about them."""

    list_display = ("number", "actor", "to_whom")
    fields = ("event", "actor", "to_whom", "changes_in_words")
    search_fields = ("actor", "target")
    ordering = ("-event_id",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[AuditNames]:
        return AuditNames.objects.select_related("event")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description=_("event ID"), ordering="event_id")
    def number(self, names: AuditNames) -> int:
        return names.event_id


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "partner",
        "first_id",
        "last_id",
        "count",
        "made_at",
        "names_forgotten_at",
        "events_dropped_at",
    )
    counts = ("count",)
    list_filter = ("partner", "made_at")
    list_select_related = ("partner",)
    search_fields = ("=number", "hash")
    ordering = ("-number",)
    hidden = ("names_salt",)
