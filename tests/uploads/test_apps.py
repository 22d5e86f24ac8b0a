"""Uploads tell accounts of themselves, and are told of by nobody."""

from accounts.actions import registry
from customers.models import BatchKind
from uploads.actions import UPLOAD


def test_batches_of_uploads_are_run_by_their_action() -> None:
    assert registry.action_of(BatchKind.UPLOAD) is UPLOAD
