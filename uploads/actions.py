from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from accounts.actions.add import ADD
from accounts.actions.base import EVERYTHING, BatchAction, Order
from accounts.actions.change import CHANGE
from accounts.actions.delete import DELETE
from accounts.actions.restore import RESTORE
from accounts.services.undo.later import ADDED, RELEASED, RESTORED
from customers.actions import Action as Event
from customers.models import Batch, BatchItem, BatchKind
from customers.roles import Capability
from customers.said import gettext as _

from .models import Upload
from .services import NewUsers, new_users_of, reopen_upload, result_heading, work_of, write_upload
from .services.undo import UNDO_UPLOAD

# What an upload did to a user besides changing the details, by the word that its item has.
PARTS: dict[str, BatchAction] = {ADDED: ADD, RESTORED: RESTORE, RELEASED: DELETE}


class UploadUsers(BatchAction):
    """The action of an upload; its batch, which Confirm leaves, always waits for a task."""

    name = "upload"
    kind = BatchKind.UPLOAD
    capability = Capability.MANAGE_USERS
    events = (Event.USER_ADDED, Event.USER_CHANGED, Event.USER_RESTORED)
    inverse = UNDO_UPLOAD
    names_products = True

    def run(self, order: Order) -> Batch:
        if order.batch is None:
            raise ValueError("an upload is run by the batch that its confirmation left")
        return write_upload(order.batch, actor=order.actor, made=order.made)

    def ahead(self, batch: Batch) -> NewUsers | None:
        return new_users_of(batch)

    def work(self, batch: Batch) -> int:
        return super().work(batch) if batch.undo_of_id else work_of(batch)

    def not_done(self, batch: Batch, why: str) -> None:
        reopen_upload(batch.pk, why)

    def touched(self, after: Mapping[str, Any]) -> frozenset[str]:
        return frozenset([EVERYTHING]) if after.keys() & PARTS.keys() else super().touched(after)

    def is_grave_to_undo(self, batch: Batch) -> bool:
        """Return True: undoing it deletes users."""
        return True

    def done(self, count: int) -> str:
        return _("Users added")

    def heading(self, batch: Batch) -> str:
        if batch.done and batch.undo_of_id:
            return _("Upload undone")
        upload = Upload.objects.filter(batch=batch.pk).only("counts", "options").first()
        if batch.done and upload is not None:
            return result_heading(upload)
        return super().heading(batch)

    def of_item(self, item: BatchItem) -> BatchAction:
        return next((PARTS[word] for word in PARTS if word in item.after), CHANGE)

    def list_url(self, batch: Batch) -> str:
        """Return the page of the upload; an undo has none, and leads to the users."""
        upload = Upload.objects.filter(batch=batch.pk).only("pk").first()
        if upload is None:
            return super().list_url(batch)
        return reverse("uploads:upload-detail", args=[batch.customer_id, upload.pk])


UPLOAD = UploadUsers()
