"""What an action on people has done: the people with their outcomes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView
from django_htmx.http import HttpResponseClientRefresh

from customers import progress
from customers.actions import Action
from customers.history import field_label
from customers.models import AuditEvent, Batch, BatchItem, BatchKind, BatchState, Customer, Outcome
from customers.roles import Capability, who_can
from customers.views.lists import page_links
from licensing.models import Subscription, SubscriptionStatus

from ..models import CredentialSheet, User
from ..services.credentials import temporary_password_expired
from ..services.running import NEEDS
from ..services.undo import ADDED, RELEASED, RESTORED, why_not
from .batch import UNDER_WAY, BatchMixin, back_url, label_of, undo_url
from .licenses import buy_more_url
from .running import bar_of

# Longer addresses are refused by web servers.
ADDRESS_LENGTH = 4_000
_TONES = {
    Outcome.DONE: "success",
    Outcome.PARTLY: "warning",
    Outcome.SKIPPED: "neutral",
    Outcome.FAILED: "danger",
    Outcome.WAITING: "info",
}


_TROUBLED = (Outcome.FAILED, Outcome.SKIPPED, Outcome.PARTLY)


@dataclass(slots=True)
class ResultRow:
    """One person of a batch: what was done, in groups of a label and its words."""

    name: str
    user_name: str
    url: str
    tone: str
    outcome: str
    reason: str = ""
    groups: list[tuple[str, list[str]]] = field(default_factory=list)
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
    """How far it is while it waits or runs, and then what it has done."""

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
        }
        if batch.state in UNDER_WAY:
            bar = bar_of(batch, progress.share_done(batch.pk))
            may_cancel = actor.can(NEEDS[batch.kind]) and not bar.working
            return context | {"bar": bar, "may_cancel": may_cancel}
        if batch.state == BatchState.DONE:
            return context | self.result()
        return context | {"back": back_url(batch, self.customer)}

    def result(self) -> dict[str, Any]:
        batch, actor = self.batch, self.request.user
        items = batch.items.select_related("user").order_by(
            # Of very many, those come first for whom something is left to do.
            Case(When(outcome__in=_TROUBLED, then=0), default=1),
            "user__sort_name",
            "pk",
        )
        page = Paginator(items, settings.PAGE_SIZE).get_page(self.request.GET.get("page"))
        rows = _rows(batch, page.object_list, self.customer)
        single = rows[0] if page.paginator.count == 1 and page.paginator.num_pages == 1 else None
        return {
            "heading": heading(batch),
            "undo_url": undo_url(batch, actor),
            "no_undo": why_not(batch),
            "rows": [*rows, *_removed(batch)],
            "may_reset": actor.can(Capability.RESET_PASSWORDS),
            "pager": page_links(self.request, page) if page.has_other_pages() else None,
            "shortages": _shortages(batch, self.customer, self.request.path),
            "may_buy": actor.can(Capability.MANAGE_SUBSCRIPTIONS),
            "who_buys": who_can(
                Capability.MANAGE_SUBSCRIPTIONS, staff=actor.partner_id is not None
            ),
            "may_license": actor.can(Capability.MANAGE_LICENSES),
            "sheet": _sheet(batch, actor),
            "back": _back(batch, self.customer, single),
        }


def heading(batch: Batch) -> str:
    """The action as something done; where nobody was changed, that."""
    done = batch.done
    if not done and batch.kind != BatchKind.SUBSCRIPTION:
        return _("Nothing was changed")
    return {
        BatchKind.CREATE: ngettext("User added", "Users added", done),
        BatchKind.CHANGE: ngettext("User changed", "Users changed", done),
        BatchKind.LICENSES: _("Licenses updated"),
        BatchKind.RESET: ngettext("Password reset", "Passwords reset", done),
        BatchKind.BLOCK: _("Sign-in blocked"),
        BatchKind.ALLOW: _("Sign-in allowed"),
        BatchKind.DELETE: ngettext("User deleted", "Users deleted", done),
        BatchKind.RESTORE: _("Users restored"),
        BatchKind.REMOVE: ngettext("User deleted permanently", "Users deleted permanently", done),
        BatchKind.SUBSCRIPTION: _("Subscription changed"),
        BatchKind.UPLOAD: _("Upload undone") if batch.undo_of_id else _("Users added"),
    }[BatchKind(batch.kind)]


def _rows(batch: Batch, items: Iterable[BatchItem], customer: Customer) -> list[ResultRow]:
    items = list(items)
    products = _products(batch, customer)
    return [_row(batch, item, customer, products) for item in items]


def _row(
    batch: Batch, item: BatchItem, customer: Customer, products: Mapping[str, str]
) -> ResultRow:
    groups = [group for group in _groups(batch, item, products) if group[1]]
    told = _deed(batch, item) == BatchKind.RESTORE and item.after
    reason = "" if told else item.reason
    return ResultRow(
        name=item.user.display_name,
        user_name=item.user.user_name,
        url=reverse("accounts:user-detail", args=[customer.pk, item.user_id]),
        tone=_TONES[Outcome(item.outcome)],
        outcome=item.get_outcome_display(),
        reason=reason or ("" if groups else _in_words(batch, item)),
        groups=groups,
        reset_url=_reset_url(batch, item.user, customer),
    )


def _in_words(batch: Batch, item: BatchItem) -> str:
    """What was done to somebody, where there is no more to tell of it."""
    if item.outcome != Outcome.DONE:
        return ""
    words = {
        BatchKind.CREATE: _("Added"),
        BatchKind.RESET: _("Password reset"),
        BatchKind.BLOCK: _("Sign-in blocked"),
        BatchKind.ALLOW: _("Sign-in allowed"),
        BatchKind.DELETE: _("Deleted"),
        BatchKind.RESTORE: _("Restored"),
    }
    return words.get(_deed(batch, item), "")


def _deed(batch: Batch, item: BatchItem) -> BatchKind:
    """What was done to this person: an upload does one thing to some, and another to others."""
    if batch.kind != BatchKind.UPLOAD:
        return BatchKind(batch.kind)
    deeds = {
        ADDED: BatchKind.CREATE,
        RESTORED: BatchKind.RESTORE,
        RELEASED: BatchKind.DELETE,
    }
    return next((deeds[word] for word in deeds if word in item.after), BatchKind.CHANGE)


def _reset_url(batch: Batch, user: User, customer: Customer) -> str:
    expired = user.deleted_at is None and temporary_password_expired(user)
    if batch.kind != BatchKind.RESTORE or not expired:
        return ""
    return reverse("accounts:user-reset", args=[customer.pk, user.pk])


def _products(batch: Batch, customer: Customer) -> dict[str, str]:
    if batch.kind not in (BatchKind.LICENSES, BatchKind.UPLOAD):
        return {}
    rows = customer.subscriptions.values_list("pk", "product__name").order_by("product__name")
    return {str(pk): name for pk, name in rows}


def _groups(
    batch: Batch, item: BatchItem, products: Mapping[str, str]
) -> list[tuple[str, list[str]]]:
    before, after, deed = item.before, item.after, _deed(batch, item)
    licenses = _license_groups(before.get("licenses", {}), after.get("licenses", {}), products)
    if deed == BatchKind.LICENSES:
        return licenses
    if deed == BatchKind.RESTORE and after:
        lost = [entry["reason"] for entry in after["lost"]]
        renamed = before["user_name"] != after["user_name"]
        return [
            (_("Licenses given back"), after["restored"]),
            (_("Could not be given back"), lost),
            (_("Signs in as"), [after["user_name"]] if renamed else []),
        ]
    if deed == BatchKind.DELETE:
        return [(_("Seats freed"), after.get("released", []))]
    if deed == BatchKind.CHANGE:
        changed = [field_label(name) for name in after if name != "licenses"]
        return [(_("Changed"), changed), *licenses]
    return []


def _license_groups(
    before: Mapping[str, Any], after: Mapping[str, Any], products: Mapping[str, str]
) -> list[tuple[str, list[str]]]:
    """By subscription, None for no license, else the plans that are off."""
    touched = [key for key in products if key in after]
    assigned = [products[key] for key in touched if before[key] is None]
    revoked = [products[key] for key in touched if after[key] is None]
    switched = [
        products[key] for key in touched if before[key] is not None and after[key] is not None
    ]
    return [
        (_("Assigned"), assigned),
        (_("Revoked"), revoked),
        (_("Service plans changed"), switched),
    ]


def _removed(batch: Batch) -> list[ResultRow]:
    """Who is gone for good stands in the log alone, by name."""
    if not batch.request.get("removed"):
        return []
    events = AuditEvent.objects.filter(batch_id=batch.pk, action=Action.USER_REMOVED)
    return [
        ResultRow(
            event.named.target,
            "",
            "",
            "success",
            str(Outcome.DONE.label),
            reason=_("Deleted permanently"),
        )
        for event in events.select_related("names").order_by("pk")[: settings.PAGE_SIZE]
    ]


def _shortages(batch: Batch, customer: Customer, back: str) -> list[Shortage]:
    """For the licenses of restored people that lacked nothing but a seat."""
    if batch.kind != BatchKind.RESTORE:
        return []
    partly = batch.items.filter(outcome=Outcome.PARTLY).values_list("user_id", "after")
    people: dict[int, list[int]] = {}
    for user_id, after in partly:
        for entry in after["lost"]:
            if entry["short"]:
                people.setdefault(entry["subscription"], []).append(user_id)
    current = customer.subscriptions.filter(pk__in=people, status=SubscriptionStatus.ACTIVE)
    return [
        _shortage(subscription, people[subscription.pk], customer, back)
        for subscription in current.for_list()
    ]


def _shortage(
    subscription: Subscription, people: list[int], customer: Customer, back: str
) -> Shortage:
    query = [("user", pk) for pk in people] + [("on", subscription.pk)]
    assign = f"{reverse('accounts:license-manage', args=[customer.pk])}?{urlencode(query)}"
    fits = len(assign) <= ADDRESS_LENGTH
    return Shortage(
        subscription.product.name,
        len(people),
        buy_more_url(subscription, back, seats=subscription.assigned + len(people)),
        assign if subscription.available and fits else "",
    )


def _sheet(batch: Batch, actor: User) -> CredentialSheet | None:
    """The passwords that are still to be handed over, for whoever may read them."""
    if not actor.can(Capability.RESET_PASSWORDS) or "sheet" not in batch.request:
        return None
    return CredentialSheet.objects.open().readable_by(actor).filter(batch=batch).first()


def _back(batch: Batch, customer: Customer, single: ResultRow | None) -> str:
    gone = batch.kind in (BatchKind.DELETE, BatchKind.REMOVE, BatchKind.SUBSCRIPTION)
    return single.url if single and not gone else back_url(batch, customer)
