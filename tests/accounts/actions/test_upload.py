"""Upload users: how its batch is run, and what it says."""

import pytest

from accounts.actions.add import ADD
from accounts.actions.base import Order
from accounts.actions.change import CHANGE
from accounts.actions.delete import DELETE
from accounts.actions.restore import RESTORE
from customers.models import Batch, BatchItem, BatchKind
from customers.services.batches import leave_batch
from tests.support.cast import Cast
from uploads.actions import UPLOAD


@pytest.mark.parametrize(
    "after, action",
    [
        ({"added": True}, ADD),
        ({"restored": []}, RESTORE),
        ({"released": []}, DELETE),
        ({"department": "IT"}, CHANGE),
    ],
)
def test_each_user_has_the_action_that_was_done_to_them(
    after: dict[str, object], action: object
) -> None:
    assert UPLOAD.of_item(BatchItem(after=after)) is action


def test_what_it_did_to_a_whole_user_stands_in_the_way_of_any_other_undo() -> None:
    assert UPLOAD.touched({"added": True}) == {"everything"}
    after = {"department": "IT", "licenses": {"7": []}}
    assert UPLOAD.touched(after) == {"department", "license 7"}


@pytest.mark.django_db
def test_an_undone_upload_says_so() -> None:
    assert UPLOAD.heading(Batch(kind=BatchKind.UPLOAD, done=2)) == "Users added"
    assert UPLOAD.heading(Batch(kind=BatchKind.UPLOAD, done=2, undo_of_id=1)) == "Upload undone"
    assert UPLOAD.heading(Batch(kind=BatchKind.UPLOAD)) == "Nothing was changed"


def test_an_undo_of_an_upload_counts_its_users_and_leads_to_the_list(cast: Cast) -> None:
    of = leave_batch(BatchKind.UPLOAD, [], actor=cast.alice, customer=cast.contoso)
    undo = leave_batch(
        BatchKind.UPLOAD, [cast.uma.pk], actor=cast.alice, customer=cast.contoso, undo_of=of
    )
    assert UPLOAD.work(undo) == 4
    assert UPLOAD.list_url(undo) == f"/customers/{cast.contoso.pk}/users/"
    assert UPLOAD.is_grave_to_undo(of)


def test_it_is_run_by_the_batch_of_its_confirmation_alone(cast: Cast) -> None:
    with pytest.raises(ValueError, match="its confirmation left"):
        UPLOAD.run(Order([], {}, cast.contoso, cast.alice))
