"""What is done to access reviews of a customer's users."""

from datetime import timedelta

from accounts.models import User
from automation.models import Answer, Removal, Review, ReviewReviewer
from automation.services.reviews import (
    Given,
    ask_another,
    cancel_review,
    carry_out,
    end_review,
    give_answers,
    move_review,
    start_review,
)
from tests.automation.reviewing import LAST_DAY, NOW, facts
from tests.factories import ReviewFactory
from tests.support import role_table
from tests.verbs.scene import Scene, Verb


def _open(scene: Scene) -> Review:
    """A review of the living user, which nobody is asked about yet."""
    review: Review = ReviewFactory.create(customer=scene.contoso, users=[scene.living])
    return review


def _asked(scene: Scene) -> Review:
    return Review.objects.filter(customer=scene.contoso).latest("pk")


def _undone(scene: Scene) -> None:
    review = ReviewFactory.create(customer=scene.contoso, users=[scene.living], state="ended")
    review.items.update(removal=Removal.BLOCK)


def _answer(scene: Scene, by: User) -> object:
    review = _asked(scene)
    item = review.items.get()
    ReviewReviewer.objects.get_or_create(
        item=item, reviewer=by, defaults={"customer": review.customer}
    )
    return give_answers(review, {item.pk: Given(Answer.KEEP)}, actor=by, now=NOW)


REVIEWS: dict[str, Verb] = {
    "automation.services.reviews.starting.start_review": Verb(
        role_table.USERS,
        lambda at, by: start_review(
            facts(),
            {at.living.pk: [at.world.cast.gail.pk]},
            customer=at.contoso,
            actor=by,
            now=NOW,
        ),
        on_user=True,
    ),
    "automation.services.reviews.answering.give_answers": Verb(
        role_table.SEE, _answer, prepare=_open
    ),
    "automation.services.reviews.changing.move_review": Verb(
        role_table.USERS,
        lambda at, by: move_review(_asked(at), LAST_DAY + timedelta(days=1), actor=by, now=NOW),
        prepare=_open,
        fully=True,
    ),
    "automation.services.reviews.changing.ask_another": Verb(
        role_table.USERS,
        lambda at, by: ask_another(_asked(at), at.world.cast.gail.pk, actor=by, now=NOW),
        prepare=_open,
        fully=True,
    ),
    "automation.services.reviews.changing.cancel_review": Verb(
        role_table.USERS,
        lambda at, by: cancel_review(_asked(at), actor=by),
        prepare=_open,
        fully=True,
    ),
    "automation.services.reviews.ending.end_review": Verb(
        role_table.USERS,
        lambda at, by: end_review(_asked(at), actor=by, now=NOW),
        prepare=_open,
        fully=True,
    ),
    "automation.services.reviews.ending.carry_out": Verb(
        role_table.USERS,
        lambda at, by: carry_out(_asked(at), actor=by),
        prepare=_undone,
        fully=True,
    ),
}
