"""What was answered about each user of a review, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from customers.models import Batch, BatchItem, BatchState, Outcome
from customers.said import retold

from ..models import Removal, Review, ReviewItem, ReviewReviewer, ReviewState
from .schedules import is_running

DONE = {
    Removal.BLOCK.value: gettext_lazy("Sign-in blocked"),
    Removal.DELETE.value: gettext_lazy("Account deleted"),
    Removal.ROLES.value: gettext_lazy("Roles removed"),
    Removal.LICENSE.value: gettext_lazy("License removed"),
}
GONE = gettext_lazy("Deleted permanently")
CHANGED = (Outcome.DONE, Outcome.PARTLY)
# By batch and user.
Place = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch did to a user, and whether that is taken back as it stands now."""

    outcome: str
    why: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A user of a review; `outcome` is "" while it is open."""

    item: ReviewItem
    name: str
    user_name: str
    reviewers: Sequence[str]
    outcome: str
    tone: str
    why: str

    @property
    def answer(self) -> str:
        return self.item.get_answer_display() if self.item.answer else _("No answer")


def in_order(review: Review) -> QuerySet[ReviewItem]:
    """Return the items with all that their lines need, in the order of names."""
    items = review.items.select_related("user", "answered_by", "batch__undone_by")
    heavy = ("batch__users", "batch__undone_by__users")
    return items.defer(*heavy).order_by("user__sort_name", "pk")


def result_lines(review: Review, items: Iterable[ReviewItem]) -> list[ResultLine]:
    """Return the lines of these items: one query for all reviewers, one for all outcomes."""
    rows = list(items)
    named: dict[int, list[str]] = {}
    links = ReviewReviewer.objects.filter(item__among=[row.pk for row in rows])
    for item, name in links.order_by("reviewer__sort_name").values_list(
        "item", "reviewer__display_name"
    ):
        named.setdefault(item, []).append(name)
    done = _done_to(rows)
    lines = []
    for row in rows:
        outcome, tone, why = _outcome(review, row, done.get((row.batch_id, row.user_id)))
        lines.append(
            ResultLine(
                row,
                row.user.display_name if row.user else str(GONE),
                row.user.user_name if row.user else "",
                named.get(row.pk, ()),
                outcome,
                tone,
                why,
            )
        )
    return lines


def _done_to(rows: Sequence[ReviewItem]) -> dict[Place, Done]:
    """Return what was done to the users of these items."""
    batches = {row.batch_id: row.batch for row in rows if row.batch}
    if not batches:
        return {}
    undos = _undos(batches.values())
    items = BatchItem.objects.filter(
        batch__in=[*batches, *undos], user__among=[row.user_id for row in rows if row.user_id]
    )
    first: dict[Place, tuple[str, str]] = {}
    undone: set[Place] = set()
    for batch, user, outcome, why, words in items.values_list(
        "batch", "user", "outcome", "reason", "reason_said"
    ):
        if batch not in undos:
            first[batch, user] = outcome, retold(why, words)
        elif outcome in CHANGED:
            # Each of them takes back what the one before did to this user.
            undone ^= {(undos[batch], user)}
    return {place: Done(*found, place in undone) for place, found in first.items()}


def _undos(batches: Iterable[Batch]) -> dict[int, int]:
    """Return the batches that undo these, or undo an undo of them, each with the first of all.

    One query for each time that something was undone again, however many users there are.
    """
    found: dict[int, int] = {}
    last = {batch.undone_by.pk: batch.pk for batch in batches if batch.is_undone}
    while last:
        found |= last
        again = Batch.objects.filter(undo_of__in=last, state=BatchState.DONE)
        last = {pk: last[of] for pk, of in again.values_list("pk", "undo_of") if of}
    return found


def _outcome(review: Review, item: ReviewItem, done: Done | None) -> tuple[str, str, str]:
    """Return what came of it in words, their tone, and why not all was done."""
    if review.state != ReviewState.ENDED:
        return "", "", ""
    if not item.removal:
        return _("Kept"), "success", ""
    if item.batch is None:
        return _of_nobody(review, item)
    if item.user is None and item.batch.state == BatchState.DONE:
        # What was done to them went with them.
        return str(GONE), "info", ""
    return _of_batch(item.batch, item.removal, done)


def _of_nobody(review: Review, item: ReviewItem) -> tuple[str, str, str]:
    """Return the outcome of one whom no batch was for: gone by the end, or nobody to do it."""
    user = item.user
    is_gone = user is None or user.deleted_at is not None
    # Had there been somebody to do it, only those would be left out who were gone by then.
    if is_gone and (review.by_id is not None or _was_gone(user, review.ended_at)):
        return _("Deleted before the end"), "info", ""
    if user is None:
        return str(GONE), "info", ""
    return _("Not done"), "danger", review.refusal


def _was_gone(user: User | None, end: datetime | None) -> bool:
    """Return whether the user was deleted by then; of one removed for good nobody knows."""
    if user is None or user.deleted_at is None or end is None:
        return False
    return user.deleted_at <= end


def _of_batch(batch: Batch, removal: str, done: Done | None) -> tuple[str, str, str]:
    if is_running(batch):
        return _("Waiting"), "info", ""
    if done is None:
        return _("Not done"), "danger", batch.refusal
    if done.is_undone:
        return _("Undone"), "warning", ""
    if done.outcome in CHANGED:
        return str(DONE[removal]), "warning", done.why
    return str(Outcome(done.outcome).label), "info", done.why
