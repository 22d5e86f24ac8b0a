"""The page of a rule: who has its licenses, who waits, who can't have them, and its exceptions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.views.licenses import buy_more_url
from accounts.views.tabs import Tab
from customers.formats import figure
from customers.models import AuditEvent, Batch, Customer
from customers.roles import Capability
from customers.views.activity import plain_lines
from customers.views.lists import page_links

from ...forms.exceptions import ExceptionForm
from ...models import KeptState, LicenseRule, RuleException
from ...queries.rule_pages import kept_by
from ...queries.rules import drifts_of
from ...rule_words import gifts, whom
from .base import RuleMixin

EVENTS = 5
EXCEPTIONS = "exceptions"


@dataclass(frozen=True, slots=True)
class Missing:
    """A subscription without seats for the users who wait for one."""

    product: str
    product_id: int
    waiting: int
    buy_url: str


class RuleDetailView(RuleMixin):
    template_name = "automation/rule_detail.html"

    @property
    def state(self) -> str:
        """Return which list is asked for; those who have a license, where it is none of them."""
        asked = self.request.GET.get("state", "")
        return asked if asked in {*KeptState.values, EXCEPTIONS} else KeptState.GIVEN.value

    def rows(self) -> QuerySet[Any]:
        if self.state != EXCEPTIONS:
            return kept_by(self.rule, self.state)
        rows = RuleException.objects.filter(rule=self.rule).select_related("user", "by")
        return rows.order_by("user__sort_name", "user")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.rows(), settings.PAGE_SIZE).get_page(self.request.GET.get("page"))
        events = AuditEvent.objects.of(self.customer).seen_by(self.actor)
        events = events.filter(target_type="licenserule", target_id=self.rule.pk)
        return super().get_context_data(**kwargs) | {
            "whom": whom(self.rule),
            "gives": gifts(self.rule),
            "place": {"number": self.rules.index(self.rule) + 1, "of": len(self.rules)},
            "tabs": self.tabs(),
            "state": self.state,
            "rows": page.object_list,
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "exception_form": ExceptionForm(customer=self.customer),
            "drift": drift_of(self.customer),
            "missing": missing_of(self.rule, self.request.get_full_path()),
            "may_see_activity": self.actor.can(Capability.SEE_ACTIVITY),
            "events": plain_lines(events.newest_first()[:EVENTS]),
        }

    def tabs(self) -> list[Tab]:
        rule: Any = self.rule
        labels = {
            KeptState.GIVEN.value: (_("By rule (%(count)s)"), rule.given),
            KeptState.WAITING.value: (_("Waiting (%(count)s)"), rule.waiting),
            KeptState.BARRED.value: (_("Not possible (%(count)s)"), rule.barred),
            EXCEPTIONS: (_("Exceptions (%(count)s)"), rule.excepted),
        }
        url = reverse("automation:rule-detail", args=[self.customer.pk, self.rule.pk])
        return [
            Tab(label % {"count": figure(count)}, f"{url}?state={state}", state == self.state)
            for state, (label, count) in labels.items()
        ]


def missing_of(rule: LicenseRule, back: str) -> list[Missing]:
    """Return the subscriptions for which users wait by this rule, and where seats are bought."""
    # With the customer, whose index the question goes by.
    waiting = rule.kept.filter(customer=rule.customer_id, state=KeptState.WAITING).order_by()
    counts = dict(waiting.values_list("subscription").annotate(Count("pk")))
    pools = rule.customer.subscriptions.for_list().filter(pk__in=counts)
    return [
        Missing(
            pool.product.name,
            pool.product_id,
            counts[pool.pk],
            buy_more_url(pool, back, seats=pool.quantity + counts[pool.pk] - pool.assignable),
        )
        for pool in pools
        if pool.is_active
    ]


def drift_of(customer: Customer) -> Batch | None:
    """Return the batch by which the last night's comparison has mended something."""
    yesterday = timezone.now() - timedelta(days=1)
    return drifts_of(customer).filter(created_at__gt=yesterday).first()
