"""The batch of an upload, as accounts asks about it."""

from django.urls import reverse

from accounts.models import User
from accounts.services.brought import BroughtKind
from customers.models import Batch, BatchKind, Customer

from .models import Upload
from .services import reopen_upload, work_of, write_upload
from .services.undo import UNDO_UPLOAD


def _run(batch: Batch, actor: User) -> Batch:
    return write_upload(batch, actor=actor)


def _not_done(batch_id: int, why: str) -> None:
    """It can be confirmed anew; a refusal is looked into by checking its rows again."""
    reopen_upload(batch_id, why, check_again=bool(why))


def _list_url(batch: Batch, customer: Customer) -> str:
    """The upload; an undo of one is of none, and leads to the people."""
    upload = Upload.objects.filter(batch=batch).only("pk").first()
    if upload is None:
        return reverse("accounts:user-list", args=[customer.pk])
    return reverse("uploads:upload-detail", args=[customer.pk, upload.pk])


OF_UPLOADS = BroughtKind(BatchKind.UPLOAD, _run, work_of, _not_done, UNDO_UPLOAD, _list_url)
