"""The page that starts an access review."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Selection
from automation.models import Removal, Review, ReviewReviewer, Subject
from customers.roles import Role
from tests.accounts.signin.second_steps import give_app
from tests.automation.reviewing import text_of
from tests.factories import SubscriptionFactory, UserFactory
from tests.support.cast import Cast


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def at(cast: Cast, query: str = "") -> str:
    return reverse("automation:review-add", args=[cast.contoso.pk]) + query


def sent(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what the form that a page shows sends, with these changes."""
    form = page.context["form"]
    values = {name: form.initial.get(name, "") for name in form.fields}
    values |= {"key": page.context["key"], "frozen": page.context["frozen"]}
    return values | changes


ADMINISTRATORS = "?pick=administrators&subject=sign-in"


def test_first_the_page_asks_whom_and_what(alice: Client, cast: Cast) -> None:
    page = alice.get(at(cast))
    assert "What is reviewed" in text_of(page)
    assert "The users selected in the list" not in text_of(page)
    page = alice.get(at(cast, "?pick=license&subject=license"))
    assert page.context["form"].errors == {"subscription": ["Choose a license."]}
    page = alice.get(at(cast, "?pick=nobody&subject=%00"))
    assert set(page.context["form"].errors) == {"pick", "subject"}
    page = alice.get(at(cast, "?subscription="))
    assert set(page.context["form"].errors) == {"pick", "subject"}


def test_then_who_answers_and_it_is_started_once(alice: Client, cast: Cast) -> None:
    page = alice.get(at(cast, ADMINISTRATORS))
    assert page.context["todo"].names == [cast.gail.display_name]
    form = sent(page, reviewers=[cast.bob.pk], name="Before the audit")
    answer = alice.post(at(cast, ADMINISTRATORS), form)
    review = Review.objects.get()
    assert answer.headers["Location"] == reverse(
        "automation:review-detail", args=[cast.contoso.pk, review.pk]
    )
    assert (review.name, review.removal, review.otherwise) == (
        "Before the audit", Removal.BLOCK, "",
    )  # fmt: skip
    assert review.on - timezone.localdate() >= timedelta(days=13)
    # The same form once more, as a second click or Back sends it.
    again = alice.post(at(cast, ADMINISTRATORS), form)
    assert again.headers["Location"] == answer.headers["Location"]
    assert Review.objects.count() == 1


def test_the_selected_users_of_the_list_are_reviewed(alice: Client, cast: Cast) -> None:
    chosen = Selection.objects.create(
        token="t" * 40, owner=cast.alice, customer=cast.contoso, ids=[cast.uma.pk]
    )
    listed = alice.post(
        reverse("accounts:user-select", args=[cast.contoso.pk]),
        {"s": chosen.token, "begun": "1", "shown": "", "do": "review"},
    )
    assert listed.headers["Location"].startswith(at(cast, f"?s={chosen.token}&next="))
    page = alice.get(listed.headers["Location"])
    assert page.context["form"]["pick"].value() == "selected"
    query = f"?s={chosen.token}&pick=selected&subject=sign-in"
    alice.post(at(cast, query), sent(alice.get(at(cast, query)), reviewers=[cast.gail.pk]))
    assert list(Review.objects.get().items.values_list("user", flat=True)) == [cast.uma.pk]
    over = alice.get(at(cast, "?s=gone"))
    assert over.headers["Location"] == reverse("accounts:user-list", args=[cast.contoso.pk])


def test_other_users_than_were_shown_are_shown_first(alice: Client, cast: Cast) -> None:
    form = sent(alice.get(at(cast, ADMINISTRATORS)), reviewers=[cast.bob.pk])
    UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    page = alice.post(at(cast, ADMINISTRATORS), form)
    assert "Other users match now" in text_of(page)
    assert not Review.objects.exists()


def test_each_user_can_have_a_reviewer_of_their_own(alice: Client, cast: Cast) -> None:
    ulla = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    page = alice.get(at(cast, ADMINISTRATORS))
    page = alice.post(at(cast, ADMINISTRATORS), sent(page, who="each"))
    assert "Now choose who answers about each user" in text_of(page)
    form = sent(page, who="each", own="1", on=page.context["form"]["on"].value())
    page = alice.post(at(cast, ADMINISTRATORS), form)
    assert "Choose a reviewer for each user." in text_of(page)
    page = alice.post(at(cast, ADMINISTRATORS), form | {f"reviewer-{cast.gail.pk}": "x"})
    assert not Review.objects.exists()
    chosen = {f"reviewer-{cast.gail.pk}": ulla.pk, f"reviewer-{ulla.pk}": cast.bob.pk}
    alice.post(at(cast, ADMINISTRATORS), form | chosen)
    pairs = ReviewReviewer.objects.values_list("item__user", "reviewer")
    assert set(pairs) == {(cast.gail.pk, ulla.pk), (ulla.pk, cast.bob.pk)}


def test_the_global_administrators_can_answer(alice: Client, cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso, quantity=2, holders=[cast.uma])
    query = f"?pick=license&subject=license&subscription={pool.pk}"
    alice.post(at(cast, query), sent(alice.get(at(cast, query)), who="administrators"))
    review = Review.objects.get()
    assert (review.subject, review.subscription) == (Subject.LICENSE, pool)
    assert ReviewReviewer.objects.get().reviewer == cast.gail


def test_what_is_wrong_is_said_at_its_field(alice: Client, cast: Cast) -> None:
    page = alice.get(at(cast, ADMINISTRATORS))
    errors = alice.post(at(cast, ADMINISTRATORS), sent(page, reviewers=[])).context["form"].errors
    assert errors == {"reviewers": ["Choose at least one reviewer."]}
    bad = {"on": "2020-01-01", "reviewers": [cast.bob.pk]}
    errors = alice.post(at(cast, ADMINISTRATORS), sent(page, **bad)).context["form"].errors
    assert errors == {"on": ["Choose today or a later day."]}
    bad = {"on": "soon", "name": "", "removal": "x", "otherwise": "y", "who": "z"}
    errors = alice.post(at(cast, ADMINISTRATORS), sent(page, **bad)).context["form"].errors
    assert set(errors) == {"on", "name", "removal", "otherwise", "who"}


def test_nobody_to_review_is_said(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    page = client.get(at(cast, ADMINISTRATORS))
    assert "You can't review yourself" in text_of(page)
    assert "No users to review" in text_of(page)
    page = client.get(at(cast, "?pick=away&subject=roles"))
    assert "No users match this choice." in text_of(page)


def test_more_than_can_be_reviewed_are_not_offered(
    alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.views.reviews.starting.MOST", 0)
    assert "A review has up to 2,000 users." in text_of(alice.get(at(cast, ADMINISTRATORS)))


def test_who_is_left_out_is_said_with_the_reason(client: Client, cast: Cast) -> None:
    ulla = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    client.force_login(ulla)
    page = client.get(at(cast, ADMINISTRATORS))
    assert "1 is an administrator, whom your role can't manage: Gail." in text_of(page)
    # Nor are roles hers to review.
    assert "roles" not in dict(client.get(at(cast)).context["form"].fields["subject"].choices)


def test_a_license_admin_reviews_licenses_alone(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    choices = client.get(at(cast)).context["form"].fields["subject"].choices
    assert [value for value, _label in choices] == ["license"]
    page = client.get(at(cast, ADMINISTRATORS))
    assert set(page.context["form"].errors) == {"subject"}


@pytest.mark.parametrize(
    "query, changes, asked",
    [
        (ADMINISTRATORS, {}, False),
        (ADMINISTRATORS, {"removal": "delete"}, True),
        (ADMINISTRATORS, {"otherwise": "delete"}, True),
        ("?pick=administrators&subject=roles", {}, True),
    ],
)
def test_a_grave_result_asks_for_a_proof_at_the_start(
    alice: Client,
    cast: Cast,
    query: str,
    changes: dict[str, str],
    asked: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    form = sent(alice.get(at(cast, query)), reviewers=[cast.bob.pk], **changes)

    give_app(cast.alice)
    location = alice.post(at(cast, query), form).headers["Location"]
    assert ("2fa" in location or "reauthenticate" in location) is asked
    assert Review.objects.exists() is not asked
    if asked:
        # What was chosen is there again afterwards.
        session = alice.session
        assert "reviewers" in session["proof.sent"]["sent"]


def test_the_page_costs_as_many_queries_for_many(
    alice: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    UserFactory.create_batch(30, customer=cast.contoso, roles=[Role.USER_ADMIN])
    with django_assert_max_num_queries(20):
        alice.get(at(cast, ADMINISTRATORS))
