"""A webhook's page: what was sent to it, what came of it, and sending it again."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.views.tabs import Tab
from customers.formats import figure
from customers.models import AuditEvent
from customers.views.activity import plain_lines
from customers.views.lists import address, page_links

from ..models import DeliveryState, WebhookDelivery
from ..services.webhooks import resend, resend_failed, send_test
from ..webhook_events import in_words
from ..webhook_words import event_label
from .webhook_base import WebhookActionMixin, WebhookMixin, kept_secret

EVENTS = 5
TONES = {
    DeliveryState.WAITING: "info",
    DeliveryState.DELIVERED: "success",
    DeliveryState.FAILED: "danger",
}


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery with its event in words; `is_late`: it waits for another try."""

    delivery: WebhookDelivery
    event: str
    tone: str
    is_late: bool


class WebhookDetailView(WebhookMixin):
    template_name = "api/webhook_detail.html"

    def needs_proof(self) -> bool:
        return False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = self.request.GET.get("state", "")
        rows = self.webhook.deliveries.select_related("customer").newest_first()
        waits = rows.filter(state=DeliveryState.WAITING).exists()
        failed = rows.filter(state=DeliveryState.FAILED).exists()
        if chosen in DeliveryState:
            rows = rows.filter(state=chosen)
        page = Paginator(rows, settings.PAGE_SIZE).get_page(self.request.GET.get("page", ""))
        events = AuditEvent.objects.of_team(self.partner.pk).filter(
            target_type="webhook", target_id=self.webhook.pk
        )
        return super().get_context_data(**kwargs) | {
            "is_secret_kept": bool(kept_secret(self.request, self.webhook)),
            "chosen_events": in_words(self.webhook.events),
            "chosen_customers": self.webhook.customers.order_by("name", "pk"),
            "tabs": _tabs(self.request, chosen),
            "lines": [_line(row) for row in page.object_list],
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "waits": waits,
            "failed": failed,
            "is_filtered": chosen in DeliveryState,
            "events": plain_lines(events.newest_first()[:EVENTS]),
        }


def _tabs(request: HttpRequest, chosen: str) -> list[Tab]:
    known = chosen if chosen in DeliveryState else ""
    found = [Tab(_("All"), address(request, state=None, page=None), not known)]
    for state in DeliveryState:
        url = address(request, state=state.value, page=None)
        found.append(Tab(str(state.label), url, known == state))
    return found


def _line(delivery: WebhookDelivery) -> DeliveryLine:
    is_late = delivery.state == DeliveryState.WAITING and delivery.tries > 0
    tone = "warning" if is_late else TONES[DeliveryState(delivery.state)]
    return DeliveryLine(delivery, event_label(delivery.kind), tone, is_late)


class WebhookTestView(WebhookActionMixin):
    def act(self) -> str:
        send_test(self.webhook, actor=self.actor)
        return _("A test is being sent. What comes of it appears below.")


class WebhookResendView(WebhookActionMixin):
    """The button that has all that failed sent again."""

    def act(self) -> str:
        number = resend_failed(self.webhook, actor=self.actor)
        text = ngettext(
            "%(count)s delivery is sent again.", "%(count)s deliveries are sent again.", number
        )
        return text % {"count": figure(number)}


class DeliveryResendView(WebhookActionMixin):
    """The button of one delivery."""

    delivery: WebhookDelivery

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        rows = self.webhook.deliveries.select_related("webhook__partner")
        self.delivery = get_object_or_404(rows, pk=kwargs["delivery"])

    def act(self) -> str:
        if resend(self.delivery, actor=self.actor):
            return _("The delivery is sent again.")
        return _("The delivery is on its way already.")
