"""What every page about one batch begins with."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Batch, BatchKind, BatchQuerySet, BatchState, Customer
from customers.requests import PortalView
from customers.roles import Capability, Reach, whom_to_ask
from customers.tenancy import get_customer

from ..models import Upload, User
from ..services.running import NEEDS
from ..services.undo import can_undo

UNDER_WAY = (BatchState.WAITING, BatchState.RUNNING)


class BatchMixin(PortalView):
    """`self.batch` and `self.customer` are set; Http404 where the customer is not one's own."""

    batch: Batch
    customer: Customer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batches = Batch.objects.select_related("by", "undo_of", "undone_by__by")
        # Of a long one that waits there may be a hundred thousand.
        batches = batches.defer("people", "undo_of__people", "undone_by__people")
        found = batches.filter(pk=kwargs["batch"]).first()
        if found is None:
            raise Http404
        self.batch = found
        self.customer = get_customer(request.user, found.customer_id, Capability.SEE)
        self.request.customer = self.customer
        if not seen_by(request.user).filter(pk=found.pk).exists():
            raise PermissionDenied(_not_yours(request.user))
        self.check()
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[assignment]
        return response

    def check(self) -> None:
        """Raise PermissionDenied where seeing is not enough."""


def seen_by(user: Any) -> BatchQuerySet:
    """One's own, and others' as far as the role does such deeds, or sees the whole activity log."""
    batches: BatchQuerySet = Batch.objects.all()
    if user.reach(Capability.SEE_ACTIVITY) == Reach.FULL:
        return batches
    kinds = [kind for kind, capability in NEEDS.items() if user.can(capability)]
    return batches.filter(Q(by=user.pk) | Q(kind__in=kinds))


def _not_yours(user: Any) -> str:
    whom = whom_to_ask(Capability.SEE_ACTIVITY, staff=bool(user.partner_id))
    return f"{_('Somebody else did this, which your role does not show.')} {whom}"


def label_of(batch: Batch) -> str:
    """What was asked for, in words; `undo_of` is best loaded before."""
    if batch.undo_of is None:
        return str(batch.get_kind_display())
    return _("Undo: %(deed)s") % {"deed": batch.undo_of.get_kind_display()}


def undo_url(batch: Batch, actor: User) -> str:
    """Where this person can undo it, or ""; asks nothing where `undone_by` is loaded."""
    return reverse("accounts:batch-undo", args=[batch.pk]) if can_undo(batch, actor) else ""


def back_url(batch: Batch, customer: Customer) -> str:
    """The list that the people of the batch are in, or the upload that it is of."""
    if batch.kind == BatchKind.SUBSCRIPTION:
        return reverse("licensing:subscription-list", args=[customer.pk])
    if batch.kind == BatchKind.UPLOAD:
        return _upload_url(batch, customer)
    if batch.kind in (BatchKind.DELETE, BatchKind.REMOVE):
        return reverse("accounts:user-deleted", args=[customer.pk])
    return reverse("accounts:user-list", args=[customer.pk])


def _upload_url(batch: Batch, customer: Customer) -> str:
    """An undo of an upload is of none, and leads to the people."""
    upload = Upload.objects.filter(batch=batch).only("pk").first()
    if upload is None:
        return reverse("accounts:user-list", args=[customer.pk])
    return reverse("accounts:upload-detail", args=[customer.pk, upload.pk])
