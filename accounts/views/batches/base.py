"""What every page about one batch begins with."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.log.history import kind_label
from customers.models import Batch, BatchQuerySet, BatchState, Customer
from customers.requests import PortalView
from customers.roles import Capability, Reach, whom_to_ask
from customers.tenancy import get_customer

from ...actions.registry import kinds_open_to
from ...models import User
from ...services.undo import can_undo

UNDER_WAY = (BatchState.WAITING, BatchState.RUNNING)


class BatchMixin(PortalView):
    """A page of one batch, whose customer is the user's own; Http404 otherwise."""

    batch: Batch
    customer: Customer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batches = Batch.objects.select_related("by", "undo_of", "undone_by__by")
        # Of a long one that waits there may be a hundred thousand.
        batches = batches.defer("users", "undo_of__users", "undone_by__users")
        found = batches.filter(pk=kwargs["batch"]).first()
        if found is None:
            raise Http404
        self.batch = found
        self.customer = get_customer(request.user, found.customer_id, Capability.SEE)
        self.request.customer = self.customer
        if not seen_by(request.user).filter(pk=found.pk).exists():
            staff = bool(self.request.user.partner_id)
            whom = whom_to_ask(Capability.SEE_ACTIVITY, staff=staff)
            why = _("Someone else did this. Your role shows only your own actions.")
            raise PermissionDenied(f"{why} {whom}")
        self.check()
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def check(self) -> None:
        """Raise PermissionDenied where seeing is not enough."""


def seen_by(user: Any) -> BatchQuerySet:
    """Return one's own batches, and others' of kinds that the role does or whose log it sees."""
    batches: BatchQuerySet = Batch.objects.all()
    if user.reach(Capability.SEE_ACTIVITY) == Reach.FULL:
        return batches
    return batches.filter(Q(by=user.pk) | Q(kind__in=kinds_open_to(user)))


def label_of(batch: Batch) -> str:
    """Return what was asked for, in words; `undo_of` is best loaded before."""
    return kind_label(batch.kind, batch.undo_of.kind if batch.undo_of else None)


def undo_url(batch: Batch, actor: User) -> str:
    """Return where this user can undo it, or ""; no query where `undone_by` is loaded."""
    return reverse("accounts:batch-undo", args=[batch.pk]) if can_undo(batch, actor) else ""


def result_url(batch: Batch) -> str:
    """Return the address of the result: the passwords that were made, else the batch."""
    if "sheet" in batch.request:
        args = [batch.customer_id, batch.request["sheet"]]
        return reverse("accounts:sheet-detail", args=args)
    return reverse("accounts:batch-detail", args=[batch.pk])
