"""Answers of a review: many at once, each changed as often as one likes until the review ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from customers.actions import Action
from customers.errors import Refused
from customers.roles import Capability
from customers.said import gettext as _
from customers.services import audit
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ...models import Answer, Review, ReviewItem
from ...queries.reviews import items_of
from .taking import take_open
from .telling import end_questions


@dataclass(frozen=True, slots=True)
class Given:
    """An answer about one user, and the reviewer's word for it."""

    answer: Answer
    word: str = ""


@transactional
def give_answers(
    review: Review,
    given: Mapping[int, Given],
    *,
    actor: User,
    keep_rest: bool = False,
    now: datetime | None = None,
) -> int:
    """Answer about users of a review, by the ids of its items; return how many answers are new.

    `keep_rest` answers Keep about all others that this reviewer was asked about and that nobody has
    answered. Refused for a user that this reviewer was not asked about, themself above all.
    """
    now = now or timezone.now()
    fresh = take_open(review, now)
    check_actor(actor, Capability.SEE, customer=fresh.customer)
    own = items_of(actor, fresh).select_related("user").order_by("pk")
    found = {item.pk: item for item in own.filter(pk__in=given)}
    if found.keys() != given.keys():
        raise Refused(_("You were not asked about this user."), code="not-your-question")
    wanted = [(found[pk], given[pk]) for pk in sorted(given)]
    if keep_rest:
        rest = own.filter(answer="").exclude(pk__in=given)
        wanted += [(item, Given(Answer.KEEP)) for item in rest]
    changed = [
        (item, new, item.answer) for item, new in wanted if (item.answer, item.word) != _of(new)
    ]
    for item, new, _before in changed:
        item.answer, item.word = _of(new)
        item.answered_by, item.answered_at = actor, now
    ReviewItem.objects.bulk_update(
        [item for item, _new, _before in changed],
        ["answer", "word", "answered_by", "answered_at"],
        batch_size=500,
    )
    _log(fresh, changed, actor)
    end_questions(now, review=fresh)
    return len(changed)


def _of(given: Given) -> tuple[str, str]:
    return given.answer.value, given.word.strip()


def _log(review: Review, changed: list[tuple[ReviewItem, Given, str]], actor: User) -> None:
    """Write an event for each user: the log, which nobody can change, proves who kept whom."""
    by_word: dict[str, list[audit.Entry]] = {}
    for item, new, before in changed:
        if item.user is None:
            continue
        after = new.answer.value
        answer = [before, after] if before not in ("", after) else after
        facts = {"review": review.name, "answer": answer}
        entry = audit.Entry(Action.REVIEW_ANSWERED, item.user, facts)
        by_word.setdefault(new.word.strip(), []).append(entry)
    for word, entries in by_word.items():
        audit.record(entries, actor=actor, customer=review.customer, reason=word)
