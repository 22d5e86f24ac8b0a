"""Pages that change an access review, each after asking once more."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from automation.models import Removal, Review, ReviewState
from automation.services.reviews import cancel_review
from customers.models import Batch
from customers.roles import Role
from tests.accounts.signin.second_steps import give_app
from tests.automation.reviewing import text_of
from tests.factories import ReviewFactory, UserFactory
from tests.support.cast import Cast


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def review(cast: Cast) -> Review:
    created: Review = ReviewFactory.create(
        customer=cast.contoso,
        by=cast.alice,
        users=[cast.uma],
        reviewers=[cast.gail],
        on=timezone.localdate() + timedelta(days=5),
        otherwise=Removal.BLOCK,
    )
    return created


def at(review: Review, name: str) -> str:
    return reverse(f"automation:review-{name}", args=[review.customer_id, review.pk])


def said(client: Client, answer: Any) -> str:
    return text_of(client.get(answer.headers["Location"]))


def test_the_last_day_is_changed(alice: Client, review: Review) -> None:
    day = timezone.localdate() + timedelta(days=9)
    assert alice.get(at(review, "move")).context["form"]["on"].value() == review.on
    answer = alice.post(at(review, "move"), {"on": day.isoformat()})
    assert "The review is now open until" in said(alice, answer)
    review.refresh_from_db()
    assert review.on == day
    assert "Nothing to save." in said(alice, alice.post(at(review, "move"), {"on": str(day)}))
    for wrong in ("2020-01-01", "", "31.3.2026"):
        page = alice.post(at(review, "move"), {"on": wrong})
        assert set(page.context["form"].errors) == {"on"}


def test_another_reviewer_is_asked(alice: Client, cast: Cast, review: Review) -> None:
    choices = alice.get(at(review, "ask")).context["form"].fields["reviewer"].queryset
    assert {user.pk for user in choices} == {
        user.pk for user in (cast.alice, cast.bob, cast.sally, cast.gail)
    }
    answer = alice.post(at(review, "ask"), {"reviewer": cast.bob.pk})
    assert "Bob was asked about 1 user." in said(alice, answer)
    answer = alice.post(at(review, "ask"), {"reviewer": cast.bob.pk})
    assert "Bob was asked about all of them before." in said(alice, answer)
    page = alice.post(at(review, "ask"), {"reviewer": cast.charlie.pk})
    assert set(page.context["form"].errors) == {"reviewer"}


def test_it_is_ended_now(alice: Client, review: Review) -> None:
    text = text_of(alice.get(at(review, "end")))
    assert "1 user has no answer yet." in text
    assert "Sign-in is blocked for users without an answer, too." in text
    assert "The review has ended." in said(alice, alice.post(at(review, "end")))
    assert Batch.objects.get().kind == "block"
    # A second click, and each of the pages from then on.
    assert "This review has ended" in said(alice, alice.post(at(review, "end")))
    for name in ("move", "ask", "end", "cancel"):
        answer = alice.get(at(review, name))
        assert "This review has already ended." in said(alice, answer)
    assert "form" in alice.post(at(review, "move"), {"on": str(timezone.localdate())}).context


def test_it_is_canceled(alice: Client, review: Review) -> None:
    assert "Nothing is done to its users." in text_of(alice.get(at(review, "cancel")))
    assert "The review was canceled." in said(alice, alice.post(at(review, "cancel")))
    review.refresh_from_db()
    assert review.state == ReviewState.CANCELED
    # A second click, and each of the pages from then on.
    told = "This review was already canceled."
    assert told in said(alice, alice.post(at(review, "cancel")))
    for name in ("move", "ask", "end", "cancel"):
        assert told in said(alice, alice.get(at(review, name)))


def test_what_is_left_is_done_in_ones_own_name(alice: Client, cast: Cast, review: Review) -> None:
    Review.objects.update(by=None)
    alice.post(at(review, "end"))
    assert "For 1 user nothing was done" in text_of(alice.get(at(review, "carry-out")))
    assert "Started for 1 user." in said(alice, alice.post(at(review, "carry-out")))
    assert Batch.objects.get().by == cast.alice
    answer = alice.get(at(review, "carry-out"))
    assert "Nothing of this review is left to be done." in said(alice, answer)


def test_a_user_administrator_changes_the_own_ones_alone(
    client: Client, cast: Cast, review: Review
) -> None:
    ulla = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    client.force_login(ulla)
    assert client.get(at(review, "detail")).status_code == 200
    assert "End now" not in text_of(client.get(at(review, "detail")))
    assert client.get(at(review, "end")).status_code == 403
    Review.objects.update(by=ulla)
    assert client.get(at(review, "end")).status_code == 200


def test_a_grave_review_asks_for_a_proof_before_its_end_is_moved(
    alice: Client, cast: Cast, review: Review
) -> None:
    give_app(cast.alice)
    assert alice.get(at(review, "move")).status_code == 200
    Review.objects.update(otherwise=Removal.DELETE)
    for ask in (alice.get, alice.post):
        assert "2fa" in ask(at(review, "move"), {"on": "2027-01-15"}).headers["Location"]
    before = review.on
    review.refresh_from_db()
    assert review.on == before


def test_a_grave_end_asks_for_a_proof(alice: Client, cast: Cast, review: Review) -> None:
    give_app(cast.alice)
    assert alice.get(at(review, "end")).status_code == 200
    Review.objects.update(removal=Removal.DELETE)
    assert "2fa" in alice.post(at(review, "end")).headers["Location"]
    review.refresh_from_db()
    assert review.is_open
    # Nothing is asked where nothing can be done any longer.
    cancel_review(review, actor=cast.alice)
    assert alice.get(at(review, "end")).headers["Location"] == at(review, "detail")
