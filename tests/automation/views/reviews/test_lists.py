"""The list of access reviews."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from automation.models import Removal, Subject
from tests.factories import ReviewFactory, SubscriptionFactory
from tests.support.cast import Cast


def test_it_shows_how_far_each_review_is(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    url = reverse("automation:review-list", args=[cast.contoso.pk])
    assert "No access reviews yet" in client.get(url).content.decode()
    ReviewFactory.create(customer=cast.northwind)
    review = ReviewFactory.create(customer=cast.contoso, users=[cast.uma], by=cast.alice)
    [row] = client.get(url).context["rows"]
    assert (row.review, row.progress.users, row.by) == (review, 1, "Alice")


def test_who_gives_licenses_alone_sees_reviews_of_these(client: Client, cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso)
    ReviewFactory.create(customer=cast.contoso)
    own = ReviewFactory.create(
        customer=cast.contoso, subject=Subject.LICENSE, removal=Removal.LICENSE, subscription=pool
    )
    client.force_login(cast.bob)
    page = client.get(reverse("automation:review-list", args=[cast.contoso.pk]))
    assert [row.review for row in page.context["rows"]] == [own]
    assert [row.by for row in page.context["rows"]] == ["A former user"]


def test_many_cost_as_many_queries_as_few(
    client: Client, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.alice)
    url = reverse("automation:review-list", args=[cast.contoso.pk])
    ReviewFactory.create(customer=cast.contoso, users=[cast.uma], by=cast.alice)
    client.get(url)

    with CaptureQueriesContext(connection) as few:
        client.get(url)
    ReviewFactory.create_batch(9, customer=cast.contoso, users=[cast.uma], by=cast.gail)
    with django_assert_num_queries(len(few)):
        client.get(url)
