"""Tokens as support staff see them: without what they are known by, and to be revoked. Webhooks."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin.reauthentication import ProofAdmin
from customers.admin.base import ReadOnlyAdmin, actor, chosen

from . import source_admin as source_admin  # noqa: PLC0414 - registers what its name says
from .capability_words import label_of
from .models import Token, Webhook, WebhookDelivery
from .models.tokens import ENDED
from .services.tokens import revoke_token
from .webhook_events import in_words
from .webhook_words import event_label


class StateFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", _("Active")),
            ("ended", ENDED),
            ("expired", _("Expired")),
            ("revoked", pgettext_lazy("token", "Revoked")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        current = models.Q(epoch=models.F("user__session_epoch"))
        if self.value() == "active":
            return queryset.living().filter(current)
        if self.value() == "ended":
            return queryset.living().exclude(current)
        if self.value() == "expired":
            return queryset.filter(revoked_at=None, ends_at__lte=timezone.now())
        return queryset.filter(revoked_at__isnull=False) if self.value() == "revoked" else queryset


@admin.register(Token)
class TokenAdmin(ProofAdmin):
    list_display = ("name", "user", "kind", "prefix", "made_by", "ends_at", "last_used_at", "state")
    list_filter = (StateFilter, "kind")
    list_select_related = ("user", "made_by")
    search_fields = ("name", "prefix", "user__user_name", "user__display_name")
    ordering = ("-id",)
    actions = ("revoke",)
    fields = readonly_fields = (
        *("user", "made_by", "kind", "name", "prefix", "permissions", "may_do_grave"),
        *("all_customers", "for_customers", "from_networks", "ends_at", "last_used_at"),
        *("warned_at", "revoked_at", "created_at", "uuid"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("api.change_token")

    def is_grave_action(self, action: str, queryset: models.QuerySet[Any]) -> bool:
        """Return False: it takes rights, and gives none."""
        return False

    @admin.display(description=_("status"))
    def state(self, token: Token) -> str:
        if token.revoked_at is not None:
            return pgettext("token", "Revoked")
        if not token.is_living:
            return gettext("Expired")
        # Ended by a block, a delete or another password: worth nothing, though nobody revoked it.
        is_current = token.epoch == token.user.session_epoch
        return gettext("Active") if is_current else str(ENDED)

    @admin.display(description=_("permissions"))
    def permissions(self, token: Token) -> str:
        return ", ".join(label_of(name) for name in token.capabilities)

    @admin.display(description=_("chosen customers"))
    def for_customers(self, token: Token) -> str:
        names = token.customers.order_by("name").values_list("name", flat=True)
        return ", ".join(names) or self.get_empty_value_display()

    @admin.display(description=_("networks"))
    def from_networks(self, token: Token) -> str:
        return ", ".join(token.networks) or self.get_empty_value_display()

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[Token]) -> None:
        rows = chosen(queryset)
        done = sum(revoke_token(row, actor=actor(request)) for row in rows)
        self.message_user(request, gettext("Revoked: %(count)s.") % {"count": done})


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Where a partner is told of events. Neither its secrets nor the rest of its address is shown,
    by which one could speak in its place.
    """

    list_display = ("name", "partner", "host", "all_customers", "is_on", "problem", "rests_until")
    list_filter = ("is_on",)
    list_select_related = ("partner",)
    search_fields = ("name", "partner__name", "host")
    ordering = ("-id",)
    hidden = ("sealed_secret", "sealed_old_secret", "address")

    @admin.display(description=_("events"))
    def events_in_words(self, webhook: Webhook) -> str:
        return ", ".join(in_words(webhook.events)) or self.get_empty_value_display()


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What a webhook was told, and what came of it."""

    list_display = ("event", "webhook", "partner", "customer", "state", "tries", "status", "due_at")
    list_filter = ("state",)
    list_select_related = ("webhook__partner", "customer")
    search_fields = ("message_id", "webhook__name", "webhook__partner__name", "reason")
    ordering = ("-id",)

    @admin.display(description=_("event"), ordering="kind")
    def event(self, delivery: WebhookDelivery) -> str:
        return event_label(delivery.kind)

    @admin.display(description=_("partner"))
    def partner(self, delivery: WebhookDelivery) -> str:
        return str(delivery.webhook.partner)
