"""A review as a file for an auditor."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from automation.models import Answer, Removal
from automation.services.reviews import end_review
from customers.models import AuditEvent
from tests.automation.reviewing import NOW, answered, run, started
from tests.factories import UserFactory
from tests.support.cast import Cast


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def url(client: Client, cast: Cast) -> str:
    client.force_login(cast.alice)
    ben = UserFactory.create(customer=cast.contoso, display_name="=Ben")
    review = started(
        cast.contoso, [cast.uma, ben], [cast.gail, cast.bob], actor=cast.alice,
        otherwise=Removal.BLOCK,
    )  # fmt: skip
    answered(review, cast.gail, {ben: Answer.KEEP}, word="=cmd|' /C calc'!A0")
    end_review(review, actor=cast.alice, now=NOW)
    run(review)
    return reverse("automation:review-export", args=[cast.contoso.pk, review.pk])


def test_each_user_is_a_row_and_no_cell_a_formula(client: Client, cast: Cast, url: str) -> None:
    text = content(client.get(url)).decode("utf-8-sig")
    rows = {row["Display name"]: row for row in csv.DictReader(io.StringIO(text))}
    ben, uma = rows["'=Ben"], rows["Uma"]
    assert (ben["Answer"], ben["Answered by"], ben["Outcome"]) == ("Keep", "Gail", "Kept")
    assert ben["Reason"] == "'=cmd|' /C calc'!A0"
    assert (uma["Answer"], uma["Outcome"], uma["Reviewers"]) == (
        "No answer", "Sign-in blocked", "Bob; Gail",
    )  # fmt: skip
    assert uma["Batch"].isdigit()
    assert uma["Last day to answer"] == "2027-01-20"
    event = AuditEvent.objects.get(action="list.exported")
    assert event.changes == {"list": "automation.reviewitem", "rows": 2, "file": "csv"}


def test_a_workbook_has_the_same(client: Client, url: str) -> None:
    book = load_workbook(io.BytesIO(content(client.get(url + "?format=xlsx"))))
    rows = list(book.active.iter_rows(values_only=True))
    assert len(rows) == 3
    assert "=Ben" in {row[7] for row in rows}
    assert client.get(url + "?format=pdf").status_code == 404


def test_many_users_cost_as_many_queries_as_few(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.alice)
    users = UserFactory.create_batch(40, customer=cast.contoso)
    review = started(cast.contoso, users, [cast.gail], actor=cast.alice)
    with django_assert_max_num_queries(14):
        content(client.get(reverse("automation:review-export", args=[cast.contoso.pk, review.pk])))
