"""What the batch of an upload can be asked."""

import pytest

from accounts.actions.base import EVERYTHING, Order
from accounts.actions.change import CHANGE
from customers.models import BatchItem
from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, confirmed, upload_of
from uploads.actions import PARTS, UPLOAD


def test_it_runs_by_the_batch_of_its_confirmation_alone(cast: Cast) -> None:
    order = Order([], {}, cast.contoso, cast.alice)
    with pytest.raises(ValueError, match="by the batch"):
        UPLOAD.run(order)


def test_a_user_who_was_added_is_touched_as_a_whole() -> None:
    for word in PARTS:
        assert UPLOAD.touched({word: True}) == {EVERYTHING}
    assert UPLOAD.touched({"office": "Leeds", "licenses": {"7": []}}) == {"office", "license 7"}


def test_each_item_tells_of_the_action_that_it_was() -> None:
    for word, action in PARTS.items():
        assert UPLOAD.of_item(BatchItem(after={word: True})) is action
    assert UPLOAD.of_item(BatchItem(after={"office": "Leeds"})) is CHANGE


def test_its_batch_leads_to_the_upload(cast: Cast) -> None:
    rows = [HEADINGS, ["ada@contoso.example", "Ada", "Lovelace", ""]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    batch = confirmed(upload, actor=cast.alice)
    assert UPLOAD.list_url(batch) == f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/"
    assert UPLOAD.heading(batch) == "Users added"
    assert UPLOAD.is_grave_to_undo(batch)
    assert UPLOAD.work(batch) > 0
    upload.delete()
    assert UPLOAD.list_url(batch) == f"/customers/{cast.contoso.pk}/users/"
