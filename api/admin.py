"""What support staff see of the API. Its partner's account admins look after a webhook."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyAdmin

from .models import Webhook, WebhookDelivery


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


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What a webhook was told, and what came of it."""

    list_display = ("kind", "webhook", "partner", "customer", "state", "tries", "status", "due_at")
    list_filter = ("state",)
    list_select_related = ("webhook__partner", "customer")
    search_fields = ("message_id", "webhook__name", "webhook__partner__name", "reason")
    ordering = ("-id",)

    @admin.display(description=_("partner"))
    def partner(self, delivery: WebhookDelivery) -> str:
        return str(delivery.webhook.partner)
