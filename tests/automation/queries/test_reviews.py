"""Who can be reviewed and by whom, and how far a review is."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from automation.models import Answer
from automation.queries.reviews import (
    Pick,
    Progress,
    capability_of,
    global_administrators,
    picked,
    possible_reviewers,
    progress_of,
    reviewer_lines,
    waiting_for,
)
from customers.roles import Capability, Role
from tests.automation.reviewing import answered, started
from tests.factories import ReviewFactory, StaffFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)


def found(cast: Cast, pick: str, **known: object) -> set[User]:
    return set(
        picked(cast.contoso, pick, **{"subscription": None, "now": NOW} | known)  # type: ignore[arg-type]
    )


def test_administrators_are_found_by_any_role(cast: Cast) -> None:
    pam = UserFactory.create(customer=cast.contoso, roles=[Role.BILLING_ADMIN])
    assert found(cast, Pick.ADMINISTRATORS) == {cast.gail, pam}


@pytest.mark.parametrize(
    "last_login, added, is_found",
    [(89, 400, False), (91, 400, True), (None, 89, False), (None, 91, True)],
)
def test_who_has_not_signed_in_for_90_days_is_found(
    cast: Cast,
    last_login: int | None,
    added: int,
    is_found: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    User.objects.filter(customer=cast.contoso).update(last_login=NOW)
    User.objects.filter(pk=cast.uma.pk).update(
        last_login=None if last_login is None else NOW - timedelta(days=last_login),
        added_at=NOW - timedelta(days=added),
    )
    assert found(cast, Pick.AWAY) == ({cast.uma} if is_found else set())
    # Whose sign-in is blocked has no access to review.
    User.objects.filter(pk=cast.uma.pk).update(blocked_at=NOW)
    assert found(cast, Pick.AWAY) == set()


def test_who_has_the_license_is_found(cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso, quantity=2, holders=[cast.uma])
    assert found(cast, Pick.LICENSE, subscription=pool) == {cast.uma}


def test_a_license_takes_less_than_the_rest() -> None:
    assert capability_of("license") == Capability.MANAGE_LICENSES
    assert {capability_of(name) for name in ("roles", "sign-in")} == {Capability.MANAGE_USERS}


def test_reviewers_are_those_who_see_the_customer(cast: Cast) -> None:
    StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.northwind])
    StaffFactory.create(partner=cast.fabrikam, roles=[])
    own = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.contoso])
    team = {cast.alice, cast.bob, cast.sally, own}
    assert set(possible_reviewers(cast.contoso, cast.alice)) == {cast.gail, *team}
    # A customer's administrator chooses among colleagues.
    assert set(possible_reviewers(cast.contoso, cast.gail)) == {cast.gail}


def test_global_administrators_are_those_who_can_sign_in(cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, roles=[Role.GLOBAL_ADMIN], blocked_at=NOW)
    UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    assert global_administrators(cast.contoso) == [cast.gail.pk]


def test_progress_counts_answers_and_users_without_a_reviewer(cast: Cast) -> None:
    ben, cleo = UserFactory.create_batch(2, customer=cast.contoso)
    review = started(cast.contoso, [cast.uma, ben, cleo], [cast.gail], actor=cast.alice)
    answered(review, cast.gail, {ben: Answer.KEEP, cleo: Answer.REMOVE})
    empty = ReviewFactory.create(customer=cast.contoso)
    assert progress_of([review, empty]) == {
        review.pk: Progress(3, 1, 1, 0),
        empty.pk: Progress(0, 0, 0, 0),
    }
    cast.gail.groups.clear()
    progress = progress_of([review])[review.pk]
    assert (progress.orphans, progress.answered, progress.unanswered) == (1, 2, 1)
    [line] = reviewer_lines(review)
    assert (line.name, line.asked, line.unanswered) == ("Gail", 3, 1)


def test_what_waits_is_the_own_and_open_and_of_customers_one_sees(cast: Cast) -> None:
    ReviewFactory.create(customer=cast.contoso, users=[cast.uma], reviewers=[cast.gail])
    ReviewFactory.create(
        customer=cast.contoso, users=[cast.uma], reviewers=[cast.bob], state="ended"
    )
    review = ReviewFactory.create(
        customer=cast.contoso, users=[cast.uma], reviewers=[cast.bob, cast.gail]
    )
    [row] = waiting_for(cast.bob)
    assert (row.review, row.asked, row.unanswered) == (review, 1, 1)
    User.objects.filter(pk=cast.bob.pk).update(limited_to_customers=True)
    assert waiting_for(User.objects.get(pk=cast.bob.pk)) == []
