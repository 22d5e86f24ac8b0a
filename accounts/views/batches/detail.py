"""What an action on users has done: the users with their outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from django_htmx.http import HttpResponseClientRefresh

from customers import progress
from customers.actions import Action
from customers.models import AuditEvent, Batch, BatchItem, BatchState, Customer, Outcome
from customers.roles import Capability, who_can
from customers.views.activity import batch_came_by
from customers.views.lists import page_links
from licensing.models import SubscriptionStatus

from ...actions.base import BatchAction, Group
from ...actions.registry import action_of
from ...actions.reset import RESET
from ...actions.restore import RESTORE
from ...models import CredentialSheet, User
from ...services.expiry import temporary_password_expired
from ...services.undo import why_not
from ..licenses import buy_more_url
from .base import UNDER_WAY, BatchMixin, label_of, undo_url
from .coming_back import came_from, with_way_back
from .lists import bar_of

# Longer addresses are refused by web servers.
ADDRESS_LENGTH = 4_000
_TONES = {
    Outcome.DONE: "success",
    Outcome.PARTLY: "warning",
    Outcome.SKIPPED: "neutral",
    Outcome.ALREADY: "neutral",
    Outcome.FAILED: "danger",
    Outcome.WAITING: "info",
}


_TROUBLED = (Outcome.FAILED, Outcome.SKIPPED, Outcome.PARTLY)


@dataclass(slots=True)
class ResultRow:
    """One user of a batch: what was done, in groups of a label and its words."""

    name: str
    user_name: str
    url: str
    tone: str
    outcome: str
    # In a word, such as "Restored".
    done: str = ""
    reason: str = ""
    groups: list[Group] = field(default_factory=list)
    # Where to reset a temporary password that has expired; "" where there is none.
    reset_url: str = ""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A subscription that had no seat for some: buy more, or give them out by now."""

    product: str
    count: int
    buy_url: str
    assign_url: str


class BatchDetailView(BatchMixin, TemplateView):
    """The page of a batch: how far it is while it waits or runs, then what it has done."""

    @property
    def action(self) -> BatchAction:
        return action_of(self.batch.kind)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.request.htmx and self.batch.state not in UNDER_WAY:
            # The page that asks is about work under way, which is over now.
            return HttpResponseClientRefresh()
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        if self.batch.state in UNDER_WAY:
            return ["accounts/batch_running.html"]
        if self.batch.state == BatchState.DONE:
            return ["accounts/batch_detail.html"]
        return ["accounts/batch_failed.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch, actor = self.batch, self.request.user
        context = super().get_context_data(**kwargs) | {
            "customer": self.customer,
            "batch": batch,
            "label": label_of(batch),
            "came_by": batch_came_by(batch),
        }
        if batch.state in UNDER_WAY:
            bar = bar_of(batch, progress.told_of_each([batch.pk]).get(batch.pk))
            may_cancel = actor.can(self.action.capability) and not bar.working
            return context | {"bar": bar, "may_cancel": may_cancel}
        if batch.state == BatchState.DONE:
            return context | self.result()
        return context | {"back": came_from(self.request, self.action.list_url(batch))}

    def result(self) -> dict[str, Any]:
        batch, actor = self.batch, self.request.user
        page, rows = result_rows(self.request, batch, self.customer)
        single = rows[0] if page.paginator.count == 1 and page.paginator.num_pages == 1 else None
        removed = 0
        if batch.request.get("removed"):
            # The log alone still names users who are gone for good.
            events = AuditEvent.objects.filter(batch_id=batch.pk, action=Action.USER_REMOVED)
            removed = events.count()
            what, done = _("Deleted permanently"), str(Outcome.DONE.label)
            rows += [
                ResultRow(*_name_parts(event.named.target), "", "success", done, done=what)
                for event in events.select_related("names").order_by("pk")[: settings.PAGE_SIZE]
            ]
        whole_list, undo = self.action.list_url(batch), undo_url(batch, actor)
        here = single.url if single and not self.action.deletes else whole_list
        return {
            "heading": self.action.heading(batch),
            "undo_url": with_way_back(undo, came_from(self.request)) if undo else "",
            "no_undo": why_not(batch),
            "partly": batch.items.filter(outcome=Outcome.PARTLY).count(),
            "rows": rows,
            "removed_more": removed - settings.PAGE_SIZE,
            "may_reset": actor.can(Capability.RESET_PASSWORDS),
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "shortages": _shortages(batch, self.customer, self.request.path),
            "may_buy": actor.can(Capability.MANAGE_SUBSCRIPTIONS),
            "who_buys": who_can(
                Capability.MANAGE_SUBSCRIPTIONS, staff=actor.partner_id is not None
            ),
            "may_license": actor.can(Capability.MANAGE_LICENSES),
            "sheet": _sheet(batch, actor),
            # To where it was asked for; else to the one user who still has a page, or to the list.
            "back": came_from(self.request, here),
        }


def _name_parts(named: str) -> tuple[str, str]:
    """Return display name and user name of a user as the log names one (`audit.named`)."""
    name, parted, user_name = named.rpartition(" (")
    return (name, user_name.removesuffix(")")) if parted else (named, "")


def result_rows(
    request: HttpRequest, batch: Batch, customer: Customer
) -> tuple[Page[BatchItem], list[ResultRow]]:
    """Return the page that was asked for of the users of a batch, and their rows."""
    items = batch.items.select_related("user").order_by(
        # Of very many, those come first for whom something is left to do.
        Case(When(outcome__in=_TROUBLED, then=0), When(outcome=Outcome.ALREADY, then=1), default=2),
        "user__sort_name",
        "pk",
    )
    page = Paginator(items, settings.PAGE_SIZE).get_page(request.GET.get("page"))
    products: dict[str, str] = {}
    if action_of(batch.kind).names_products:
        own = customer.subscriptions.order_by("product__name")
        products = {str(pk): name for pk, name in own.values_list("pk", "product__name")}
    return page, [_row(batch, item, customer, products) for item in page.object_list]


def _row(
    batch: Batch, item: BatchItem, customer: Customer, products: Mapping[str, str]
) -> ResultRow:
    action = action_of(batch.kind).of_item(item)
    groups = [group for group in action.groups(item, products) if group[1]]
    reason = "" if action.groups_tell_why and item.after else item.reason
    changed = item.outcome in {Outcome.DONE, Outcome.PARTLY}
    came_back = batch.kind == RESTORE.kind and item.user.deleted_at is None
    has_expired = came_back and temporary_password_expired(item.user)
    return ResultRow(
        name=item.user.display_name,
        user_name=item.user.user_name,
        url=reverse("accounts:user-detail", args=[customer.pk, item.user_id]),
        tone=_TONES[Outcome(item.outcome)],
        outcome=item.get_outcome_display(),
        done=action.done_to_one() if changed else "",
        reason=reason,
        groups=groups,
        reset_url=RESET.url_for(item.user) if has_expired else "",
    )


def _shortages(batch: Batch, customer: Customer, back: str) -> list[Shortage]:
    """Return the subscriptions that lacked seats for licenses of restored users."""
    if batch.kind != RESTORE.kind:
        return []
    partly = batch.items.filter(outcome=Outcome.PARTLY).values_list("user_id", "after")
    users: dict[int, list[int]] = {}
    for user_id, after in partly:
        for entry in after["lost"]:
            if entry["short"]:
                users.setdefault(entry["subscription"], []).append(user_id)
    current = customer.subscriptions.filter(pk__in=users, status=SubscriptionStatus.ACTIVE)
    page, found = reverse("accounts:license-manage", args=[customer.pk]), []
    for subscription in current.for_list():
        lacking = users[subscription.pk]
        query = [("user", pk) for pk in lacking] + [("on", subscription.pk)]
        assign = f"{page}?{urlencode(query)}"
        fits = len(assign) <= ADDRESS_LENGTH
        seats = subscription.taken + len(lacking)
        found.append(
            Shortage(
                subscription.product.name,
                len(lacking),
                buy_more_url(subscription, back, seats=seats),
                assign if subscription.available and fits else "",
            )
        )
    return found


def _sheet(batch: Batch, actor: User) -> CredentialSheet | None:
    """Return the sheet that is still to be handed over, if the actor may read it."""
    if not actor.can(Capability.RESET_PASSWORDS) or "sheet" not in batch.request:
        return None
    return CredentialSheet.objects.open().readable_by(actor).filter(batch=batch).first()
