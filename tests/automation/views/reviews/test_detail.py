"""The page of an access review."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.services.undo import undo_batch
from accounts.services.users import block_users
from accounts.views.user_rows import State
from automation.models import Answer, Removal, Review
from automation.services.reviews import cancel_review, end_review
from tests.automation.reviewing import NOW, answered, run, started, text_of
from tests.factories import UserFactory
from tests.support.cast import Cast


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def url_of(review: Review) -> str:
    return reverse("automation:review-detail", args=[review.customer_id, review.pk])


def test_it_shows_answers_by_part_and_who_was_asked(alice: Client, cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma, cast.gail], [cast.bob], actor=cast.alice)
    answered(review, cast.bob, {cast.uma: Answer.REMOVE}, word="has left")
    page = alice.get(url_of(review))
    text = text_of(page)
    assert "has left" in text
    assert "Bob 1 of 2 without an answer" in text
    assert [row.name for row in alice.get(url_of(review) + "?answer=none").context["rows"]] == [
        "Gail"
    ]
    assert [tab.label for tab in page.context["tabs"]] == [
        "All (2)", "Keep (0)", "Remove (1)", "No answer (1)",
    ]  # fmt: skip
    # A part that there is not shows all.
    assert len(alice.get(url_of(review) + "?answer=%00").context["rows"]) == 2


def test_users_whom_nobody_can_answer_about_are_said(alice: Client, cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    block_users([cast.gail], customer=cast.contoso, actor=cast.alice)
    text = text_of(alice.get(url_of(review)))
    assert "1 user has no reviewer who can still answer." in text


def test_a_reviewer_is_led_to_their_answers(alice: Client, cast: Cast) -> None:
    own = started(cast.contoso, [cast.uma], [cast.alice], actor=cast.alice)
    answer = reverse("automation:review-answer", args=[own.pk])
    assert f'href="{answer}"' in alice.get(url_of(own)).text
    end_review(own, actor=cast.alice, now=NOW)
    assert f'href="{answer}"' not in alice.get(url_of(own)).text


def test_an_ended_one_leads_to_its_batch_and_its_undo(alice: Client, cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    end_review(review, actor=cast.alice, now=NOW)
    [batch] = run(review)
    page = alice.get(url_of(review))
    assert page.context["batches"] == [(batch, State("success", "Done"))]
    assert "Sign-in blocked" in text_of(page)
    assert "Each of these can be undone on its page." in text_of(page)
    assert reverse("accounts:batch-detail", args=[batch.pk]) in page.content.decode()
    assert "End now" not in text_of(page)


def test_what_was_undone_says_so_and_is_not_offered_again(alice: Client, cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    end_review(review, actor=cast.alice, now=NOW)
    [batch] = run(review)
    undo_batch(batch, actor=cast.alice)
    page = alice.get(url_of(review))
    assert page.context["batches"] == [(batch, State("neutral", "Undone"))]
    assert [row.outcome for row in page.context["rows"]] == ["Undone"]
    assert "can be undone on its page" not in text_of(page)


def test_an_ended_one_asks_again_until_its_batch_is_over(alice: Client, cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    end_review(review, actor=cast.alice, now=NOW)
    page = alice.get(url_of(review) + "?answer=none")
    assert "Waiting" in text_of(page)
    assert f'data-hx-get="{url_of(review)}?answer=none"' in page.text
    run(review)
    assert "data-hx-get" not in alice.get(url_of(review)).text.partition('id="outcome"')[2][:400]


def test_what_could_not_be_done_is_offered_to_others(alice: Client, cast: Cast) -> None:
    review = started(
        cast.contoso, [cast.uma], [cast.gail], actor=cast.alice, otherwise=Removal.BLOCK
    )
    Review.objects.update(by=None)
    end_review(review, actor=cast.alice, now=NOW)
    text = text_of(alice.get(url_of(review)))
    assert "For 1 user nothing could be done. Do it in my name" in text
    assert "The user who started this review no longer exists." in text


def test_a_canceled_one_says_so(alice: Client, cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    cancel_review(review, actor=cast.alice)
    assert "The review was canceled: nothing was done." in text_of(alice.get(url_of(review)))


def test_many_users_cost_as_many_queries_as_one(
    alice: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(60, customer=cast.contoso)
    review = started(cast.contoso, users, [cast.gail, cast.bob], actor=cast.alice)
    end_review(review, actor=cast.alice, now=NOW)
    with django_assert_max_num_queries(18):
        page = alice.get(url_of(review))
    assert len(page.context["rows"]) == 50
    assert page.context["pager"].next_url == "?page=2"
