"""What has touched the same thing since, as it is said."""

import json
from datetime import UTC, datetime

from django.utils import timezone

from accounts.services.undo.later import Done, LaterAction, Touch, done_by, later_touches
from customers.models import BatchKind, Outcome
from tests.accounts.undoing import HAVE, allow, block, change, give, undo
from tests.accounts.verbs import delete, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


def later(who: str = "Alice", at: datetime | None = AT) -> LaterAction:
    return LaterAction(7, None, BatchKind.BLOCK, who, at)


def test_a_touch_is_said_with_who_what_and_when() -> None:
    with timezone.override("UTC"):
        said = Touch(later(), fields=frozenset({"blocked"})).sentence("Uma")
    assert said.startswith("Uma has since been changed by Alice: ")
    assert str(BatchKind.BLOCK.label) in said
    assert "2026" in said


def test_an_account_that_is_gone_has_no_name() -> None:
    facts = later(who="", at=None).facts
    assert facts["who"] == "a user whose account no longer exists"
    assert facts["when"] == ""


def test_both_sides_are_read_from_their_texts() -> None:
    done = Done(json.dumps({"department": ""}), json.dumps({"department": "IT"}))
    assert (done.before, done.after) == ({"department": ""}, {"department": "IT"})
    assert done != Done(done.before_text, done.after_text)


def test_alike_changes_share_one_object_in_the_order_of_the_items(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    batch = block(cast, ben, ann)
    done, places = done_by(batch)
    assert list(done) == list(places) == [ann.pk, ben.pk]
    assert done[ann.pk] is done[ben.pk]
    assert places[ann.pk] < places[ben.pk]
    only, _places = done_by(batch, [ben.pk])
    assert list(only) == [ben.pk]


def test_whom_nothing_was_done_to_is_not_among_them(cast: Cast) -> None:
    block(cast, cast.uma)
    batch = block(cast, cast.uma, cast.gail)
    assert batch.items.filter(outcome=Outcome.ALREADY).count() == 1
    done, _places = done_by(batch)
    assert list(done) == [cast.gail.pk]


def test_only_what_overlaps_is_a_touch_and_the_last_one_counts(cast: Cast) -> None:
    batch = block(cast, cast.uma, cast.gail)
    change(cast, cast.uma, fields={"department": "IT"})
    give(cast, [cast.uma], {subscribe(cast): HAVE})
    done, places = done_by(batch)
    assert later_touches(batch, done, places) == {}
    allow(cast, cast.gail)
    last = block(cast, cast.gail)
    found = later_touches(batch, done, places)
    assert {pk: touch.action.batch_id for pk, touch in found.items()} == {cast.gail.pk: last.pk}


def test_what_was_taken_back_is_no_touch(cast: Cast) -> None:
    batch = block(cast, cast.uma)
    done, places = done_by(batch)
    undo(allow(cast, cast.uma), cast.alice)
    assert later_touches(batch, done, places) == {}


def test_a_deletion_touches_all_that_a_user_has(cast: Cast) -> None:
    batch = change(cast, cast.uma, fields={"department": "IT"})
    done, places = done_by(batch)
    deletion = delete(cast, cast.uma)
    [touch] = later_touches(batch, done, places).values()
    assert touch.action.batch_id == deletion.pk


def test_of_nobody_nothing_is_asked(cast: Cast) -> None:
    assert later_touches(block(cast, cast.uma), {}, {}) == {}
