"""The month report's pages and file: whose customers, a page at a time, and what is recorded."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from customers.actions import Action
from customers.models import AuditEvent
from tests.accounts.verbs import subscribe
from tests.factories import SubscriptionFactory
from tests.support.cast import Cast
from tests.support.forms import read
from tests.support.html import problems

PAGE = "/customers/report/"
FILE = f"{PAGE}export/"


def rows_of(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), dialect=csv.Sniffer().sniff(text, ",;\t")))


def test_the_file_has_a_heading_for_every_cell(alice: Client, cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    headings, *rows = rows_of(alice.get(FILE))
    assert (headings[0], headings[-1]) == ("Customer", "As of")
    assert [len(row) for row in rows] == [len(headings)]
    row = dict(zip(headings, rows[0], strict=True))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", row["As of"])
    assert (row["Customer"], row["Product"], row["Assigned"]) == ("Contoso", "Teams", "1")
    assert row["Primary domain"] == "contoso.example"


def test_a_file_of_nothing_has_its_headings(alice: Client) -> None:
    assert len(rows_of(alice.get(FILE))) == 1


def test_the_file_is_written_in_chunks_without_losing_a_row(
    alice: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.queries.license_report.CHUNK", 2)
    SubscriptionFactory.create_batch(5, customer=cast.contoso)
    assert len(rows_of(alice.get(FILE))) == 6


def test_the_file_is_named_by_the_day_and_stands_in_the_log(alice: Client, cast: Cast) -> None:
    subscribe(cast, "Teams")
    response = alice.get(FILE)
    assert 'filename="licensed-users-' in response.headers["Content-Disposition"]
    assert response.headers["Content-Disposition"].endswith('.csv"')
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor_id) == (Action.LIST_EXPORTED, cast.alice.pk)


def test_to_look_at_the_page_is_no_export(alice: Client, cast: Cast) -> None:
    subscribe(cast, "Teams")
    html = read(alice, PAGE)
    assert problems(html) == []
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("page", ["2", "0", "x", "9" * 30])
def test_a_page_that_there_is_not_shows_one_that_there_is(
    alice: Client, cast: Cast, page: str, settings: Settings
) -> None:
    subscribe(cast, "Teams")
    response = alice.get(f"{PAGE}?page={page}")
    assert [row.subscription.product.name for row in response.context["rows"]] == ["Teams"]
    assert response.context["pager"] is None


def test_another_partner_has_a_report_of_its_own(client: Client, cast: Cast) -> None:
    subscribe(cast, "Teams")
    client.force_login(cast.charlie)
    assert len(rows_of(client.get(FILE))) == 1
    assert list(client.get(PAGE).context["rows"]) == []
