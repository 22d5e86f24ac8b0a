"""What came of each user of a review, in words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.models import User
from accounts.services.undo import undo_batch
from accounts.services.users import allow_users, block_users, delete_users
from accounts.services.users.purging import remove_users
from automation.models import Removal, Review
from automation.queries.review_results import DONE, in_order, result_lines
from automation.services.reviews import carry_out, end_review
from customers.models import Batch, BatchState
from tests.automation.reviewing import NOW, batches_of, run, started
from tests.factories import UserFactory
from tests.support.cast import Cast


def ended_for(cast: Cast, *users: User, removal: Removal = Removal.BLOCK) -> Review:
    """Return a review that has ended with nobody's answer about these users, which removes them."""
    review = started(cast.contoso, users, [cast.gail], actor=cast.alice, removal=removal,
                     otherwise=removal)  # fmt: skip
    return end_review(review, actor=cast.alice, now=NOW)


def told_of(review: Review) -> dict[str, tuple[str, str]]:
    review.refresh_from_db()
    return {line.name: (line.outcome, line.why) for line in result_lines(review, in_order(review))}


def remove(cast: Cast, user: User) -> None:
    """Delete the user permanently."""
    user.refresh_from_db()
    if user.deleted_at is None:
        delete_users([user], customer=cast.contoso, actor=cast.gail)
    remove_users([user], customer=cast.contoso, actor=cast.gail)


def test_each_removal_is_called_something() -> None:
    assert set(DONE) == set(Removal.values)


def test_an_open_review_has_no_outcome_and_a_waiting_batch_says_so(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    [line] = result_lines(review, in_order(review))
    assert (line.outcome, line.answer, line.reviewers) == ("", "No answer", ["Gail"])
    ended = end_review(review, actor=cast.alice, now=NOW)
    [line] = result_lines(ended, in_order(ended))
    assert line.outcome == "Waiting"
    [batch] = batches_of(review)
    why = {"refusal": "Canceled by Al.", "refusal_said": None}
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.CANCELED, **why)
    [line] = result_lines(ended, in_order(ended))
    assert (line.outcome, line.why) == ("Not done", "Canceled by Al.")


def test_who_was_removed_for_good_has_no_name_left(cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    review.items.update(user=None)
    ended = end_review(review, actor=cast.alice, now=NOW)
    [line] = result_lines(ended, in_order(ended))
    assert (line.name, line.user_name, line.outcome) == (
        "Deleted permanently", "", "Deleted before the end",
    )  # fmt: skip


@pytest.mark.parametrize("removal", [Removal.BLOCK, Removal.DELETE])
def test_who_was_removed_for_good_after_it_was_done_is_not_called_not_done(
    cast: Cast, removal: Removal
) -> None:
    review = ended_for(cast, cast.uma, removal=removal)
    run(review)
    remove(cast, cast.uma)
    assert told_of(review) == {"Deleted permanently": ("Deleted permanently", "")}


def test_who_was_removed_for_good_after_nothing_was_done_is_called_not_done(cast: Cast) -> None:
    review = ended_for(cast, cast.uma)
    refused = {"state": BatchState.FAILED, "refusal": "Full.", "refusal_said": None}
    Batch.objects.update(**refused)
    remove(cast, cast.uma)
    assert told_of(review) == {"Deleted permanently": ("Not done", "Full.")}


def test_who_was_deleted_after_an_end_that_nobody_carried_out_was_not_deleted_before(
    cast: Cast,
) -> None:
    before, after, gone = (
        UserFactory.create(customer=cast.contoso, display_name=name) for name in ("Ann", "Ben", "C")
    )
    users = [before, after, gone, cast.uma]
    review = started(
        cast.contoso, users, [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )  # fmt: skip
    delete_users([before], customer=cast.contoso, actor=cast.gail)
    Review.objects.update(by=None)
    end_review(review, actor=cast.gail, now=NOW)
    delete_users([after], customer=cast.contoso, actor=cast.gail)
    late = {"deleted_at": NOW + timedelta(seconds=1), "purge_after": NOW + timedelta(days=30)}
    User.objects.filter(pk=after.pk).update(**late)
    remove(cast, gone)
    nobody = "The user who started this review no longer exists."
    wanted = {
        "Ann": ("Deleted before the end", ""),
        "Ben": ("Not done", nobody),
        "Deleted permanently": ("Deleted permanently", ""),
        "Uma": ("Not done", nobody),
    }
    assert told_of(review) == wanted
    carry_out(review, actor=cast.gail)
    run(review)
    done = {"Ben": ("Not done", ""), "Uma": ("Sign-in blocked", "")}
    assert told_of(review) == wanted | done


def test_undone_is_said_of_those_alone_for_whom_it_was(cast: Cast) -> None:
    same, since = (
        UserFactory.create(customer=cast.contoso, display_name=name) for name in ("Ann", "Ben")
    )
    block_users([same], customer=cast.contoso, actor=cast.alice)
    review = ended_for(cast, same, since, cast.uma)
    [batch] = run(review)
    for change in (allow_users, block_users):
        since.refresh_from_db()
        change([since], customer=cast.contoso, actor=cast.gail)
    undo_batch(batch, actor=cast.alice)
    assert told_of(review) == {
        "Ann": ("No change needed", "Already blocked."),
        "Ben": ("Sign-in blocked", ""),
        "Uma": ("Undone", ""),
    }


def test_an_undo_that_was_undone_is_no_longer_said(cast: Cast) -> None:
    last = run(review := ended_for(cast, cast.uma))[0]
    said = []
    for _time in range(3):
        last = undo_batch(Batch.objects.get(pk=last.pk), actor=cast.alice)
        said.append(told_of(review)[cast.uma.display_name])
    assert said == [("Undone", ""), ("Sign-in blocked", ""), ("Undone", "")]


def test_an_undo_that_failed_is_not_said(cast: Cast) -> None:
    [batch] = run(review := ended_for(cast, cast.uma))
    undo = undo_batch(batch, actor=cast.alice)
    Batch.objects.filter(pk=undo.pk).update(state=BatchState.FAILED)
    assert told_of(review)["Uma"] == ("Sign-in blocked", "")


def test_many_undone_cost_as_many_queries_as_one(cast: Cast) -> None:
    counts = []
    for number in (1, 9):
        users = UserFactory.create_batch(number, customer=cast.contoso)
        [batch] = run(review := ended_for(cast, *users))
        undo_batch(batch, actor=cast.alice)
        with CaptureQueriesContext(connection) as queries:
            lines = result_lines(review, in_order(review))
        assert {line.outcome for line in lines} == {"Undone"}
        counts.append(len(queries))
    # The items, their reviewers, what was undone again, and what was done.
    assert counts == [4, 4]


def lose_role(alice: User) -> None:
    alice.groups.clear()


def lose_customer(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(limited_to_customers=True)


def be_blocked(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(blocked_at=NOW)


@pytest.mark.parametrize(
    "happens, why, in_german",
    [
        (
            lose_role,
            "The role of the user who asked for this can no longer do it.",
            "Die Rolle des Benutzers, der dies angefordert hat, erlaubt es nicht mehr.",
        ),
        (
            lose_customer,
            "This customer is no longer open to the user who asked for this.",
            "Dieser Kunde ist für den Benutzer, der dies angefordert hat, nicht mehr zugänglich.",
        ),
        (
            be_blocked,
            "The user who asked for this has been blocked or deleted.",
            "Der Benutzer, der dies angefordert hat, wurde blockiert oder gelöscht.",
        ),
    ],
)
def test_colleagues_read_of_who_started_it_why_nothing_was_done(
    cast: Cast, happens: Callable[[User], None], why: str, in_german: str
) -> None:
    review = ended_for(cast, cast.uma)
    happens(cast.alice)
    run(review)
    assert told_of(review)["Uma"] == ("Not done", f"{why} Nothing was changed.")
    with translation.override("de"):
        [(_outcome, said)] = told_of(review).values()
    assert said == f"{in_german} Es wurde nichts geändert."
