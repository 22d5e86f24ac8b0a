"""What a reviewer sees and answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.services.users import delete_users
from automation.models import Answer, Review
from automation.services.reviews import Given, cancel_review, give_answers
from customers.roles import Role
from tests.automation.reviewing import text_of
from tests.factories import ReviewFactory, StaffFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


@pytest.fixture
def review(cast: Cast) -> Review:
    ben = UserFactory.create(customer=cast.contoso, display_name="Ben", job_title="Clerk")
    SubscriptionFactory.create(customer=cast.contoso, quantity=2, holders=[ben])
    created: Review = ReviewFactory.create(
        customer=cast.contoso,
        by=cast.alice,
        users=[cast.uma, ben],
        reviewers=[cast.gail, cast.bob],
        on=timezone.localdate() + timedelta(days=5),
    )
    return created


@pytest.fixture
def gail(client: Client, cast: Cast) -> Client:
    client.force_login(cast.gail)
    return client


def url_of(review: Review) -> str:
    return reverse("automation:review-answer", args=[review.pk])


def sent(page: Any, *answers: str, do: str = "save", word: str = "") -> dict[str, Any]:
    """Return what the form sends with these answers, in the order of the page."""
    values: dict[str, Any] = {"do": do, "item": []}
    for question, answer in zip(page.context["questions"], answers, strict=True):
        pk = question.item.pk
        values["item"].append(pk)
        values |= {
            f"was-{pk}": question.item.answer,
            f"was-word-{pk}": question.item.word,
            f"word-{pk}": word,
        }
        values |= {f"answer-{pk}": answer} if answer else {}
    return values


def answers_of(review: Review) -> list[str]:
    items = review.items.order_by("user__sort_name")
    return list(items.values_list("answer", flat=True))


def test_what_waits_is_listed_until_it_is_over(gail: Client, cast: Cast, review: Review) -> None:
    mine = reverse("automation:my-reviews")
    assert f"{review.name} Contoso Sign-in" in text_of(gail.get(mine))
    assert "2 of 2" in text_of(gail.get(mine))
    give_answers(review, {}, actor=cast.gail, keep_rest=True)
    assert "All answered" in text_of(gail.get(mine))
    cancel_review(review, actor=cast.alice)
    assert "Nothing to answer" in text_of(gail.get(mine))


def test_facts_help_and_answers_are_saved(gail: Client, review: Review) -> None:
    page = gail.get(url_of(review))
    text = text_of(page)
    assert "Ben" in text
    assert "Clerk" in text
    assert "Last sign-in Never" in text
    ben, uma = page.context["questions"]
    assert (len(ben.licenses), len(uma.licenses)) == (1, 0)
    answer = gail.post(url_of(review), sent(page, "remove", "", word=""))
    assert answer.headers["Location"] == url_of(review)
    assert "1 answer saved." in text_of(gail.get(url_of(review)))
    assert answers_of(review) == ["remove", ""]
    # Changed until the end.
    page = gail.get(url_of(review))
    gail.post(url_of(review), sent(page, "keep", "keep"))
    assert answers_of(review) == ["keep", "keep"]
    assert "All users have an answer." in text_of(gail.get(url_of(review)))
    gail.post(url_of(review), sent(gail.get(url_of(review)), "keep", "keep"))
    assert "Nothing to save." in text_of(gail.get(url_of(review)))


def test_all_the_rest_is_kept_by_one_button(gail: Client, review: Review) -> None:
    page = gail.get(url_of(review))
    gail.post(url_of(review), sent(page, "remove", "", do="rest"))
    assert answers_of(review) == ["remove", "keep"]


def test_what_another_has_answered_since_is_not_taken_back_unseen(
    gail: Client, cast: Cast, review: Review
) -> None:
    page = gail.get(url_of(review))
    form = sent(page, "keep", "")
    item = review.items.get(user=cast.uma)
    give_answers(review, {item.pk: Given(Answer.REMOVE)}, actor=cast.bob)
    gail.post(url_of(review), form)
    assert answers_of(review) == ["keep", "remove"]


def test_a_word_needs_an_answer_and_is_not_too_long(gail: Client, review: Review) -> None:
    page = gail.post(url_of(review), sent(gail.get(url_of(review)), "keep", "", word="why"))
    text = text_of(page)
    assert "Choose Keep or Remove." in text
    assert "Nothing was saved yet." in text
    # What was typed is there again.
    assert [question.word for question in page.context["questions"]] == ["why", "why"]
    assert page.context["questions"][0].answer == "keep"
    page = gail.post(url_of(review), sent(gail.get(url_of(review)), "keep", "keep", word="w" * 256))
    assert "Shorten the reason" in text_of(page)
    assert answers_of(review) == ["", ""]


def test_only_who_was_asked_sees_it_and_only_about_whom(
    client: Client, cast: Cast, review: Review
) -> None:
    other = UserFactory.create(customer=cast.contoso)
    not_asked = review.items.create(user=other, customer=cast.contoso)
    sees = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    for user in (cast.alice, cast.sally, cast.charlie, sees):
        client.force_login(user)
        assert client.get(url_of(review)).status_code == 404
        assert client.post(url_of(review), {"item": not_asked.pk}).status_code == 404
    client.force_login(cast.uma)
    assert client.get(url_of(review)).status_code == 403
    client.force_login(cast.gail)
    page = client.get(url_of(review))
    assert other.display_name not in text_of(page)
    form = {"item": not_asked.pk, f"answer-{not_asked.pk}": "remove"}
    assert client.post(url_of(review), form).status_code == 404
    assert client.post(url_of(review), {"item": "x" * 30}).status_code == 302
    not_asked.refresh_from_db()
    assert not_asked.answer == ""


def test_a_reviewer_to_whom_the_customer_was_closed_sees_nothing(
    client: Client, cast: Cast, review: Review
) -> None:
    client.force_login(cast.bob)
    assert client.get(url_of(review)).status_code == 200
    type(cast.bob).objects.filter(pk=cast.bob.pk).update(limited_to_customers=True)
    assert client.get(url_of(review)).status_code == 404
    assert review.name not in text_of(client.get(reverse("automation:my-reviews")))


def test_an_ended_one_is_read_only(gail: Client, cast: Cast, review: Review) -> None:
    form = sent(gail.get(url_of(review)), "keep", "keep")
    cancel_review(review, actor=cast.alice)
    page = gail.get(url_of(review))
    assert "This review was canceled: its answers" in text_of(page)
    assert "Save answers" not in text_of(page)
    late = text_of(gail.post(url_of(review), form, follow=True))
    assert "Your answers were not saved." in late
    assert late.count("its answers can no longer be changed") == 1
    assert answers_of(review) == ["", ""]
    Review.objects.filter(pk=review.pk).update(state="ended")
    assert "This review has ended: its answers" in text_of(gail.get(url_of(review)))


def test_who_has_left_in_between_is_said(gail: Client, cast: Cast, review: Review) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert "Deleted" in text_of(gail.get(url_of(review)))
    review.items.filter(user=cast.uma).update(user=None)
    assert "Deleted permanently" in text_of(gail.get(url_of(review)))


def test_many_users_cost_as_many_queries_as_few(
    gail: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    users = UserFactory.create_batch(30, customer=cast.contoso)
    big = ReviewFactory.create(customer=cast.contoso, users=users, reviewers=[cast.gail])
    with django_assert_max_num_queries(14):
        page = gail.get(url_of(big))
    assert len(page.context["questions"]) == 25
    assert page.context["unanswered"] == 30
