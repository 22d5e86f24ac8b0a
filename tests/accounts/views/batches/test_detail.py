"""The page of a batch: while it waits, as it is refused, and what it has done."""

import pytest

from accounts.models import User
from accounts.services import running
from customers import progress
from customers.models import Batch, BatchKind
from customers.services import batches
from tests.accounts.verbs import delete, restore, subscribe
from tests.accounts.views.batches.addresses import page
from tests.factories import UserFactory
from tests.factories.licensing import assign
from tests.support.access import signed_in
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems

POLL = {"HX-Request": "true"}


def test_a_batch_that_waits_says_so_and_then_how_far_it_is(
    cast: Cast, waiting: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(cast.alice)
    html = read(client, page(waiting))
    assert "Block sign-in" in words(html)
    assert "Waiting for a worker 0 of 4" in words(html)
    assert (
        '<progress class="progress-bar-native" aria-labelledby="progress-label" value="0"' in html
    )
    assert 'data-hx-trigger="every 2s"' in html
    assert problems(html) == []
    monkeypatch.setattr(progress, "EVERY", 0)
    with progress.watching(waiting.pk, work=8):
        progress.advance(4)
        html = read(client, page(waiting))
        with progress.at(progress.Stage.PASSWORDS):
            while_hashing = words(read(client, page(waiting)))
    assert "Working 2 of 4" in words(html)
    assert "Cancel" not in words(html)
    assert "Making temporary passwords 2 of 4" in while_hashing


def test_it_becomes_the_result_by_itself(cast: Cast, waiting: Batch) -> None:
    client = signed_in(cast.alice)
    assert "HX-Refresh" not in client.get(page(waiting), headers=POLL).headers
    running.run_batch(waiting.pk)
    assert client.get(page(waiting), headers=POLL)["HX-Refresh"] == "true"
    assert "Sign-in blocked" in words(read(client, page(waiting)))


def test_a_refused_one_says_why_and_leads_back(cast: Cast, waiting: Batch) -> None:
    batches.refuse_batch(waiting.pk, "Your role can't do this.")
    html = read(signed_in(cast.gail), page(waiting))
    assert "Nothing was changed" in words(html)
    assert "Your role can't do this." in words(html)
    assert f'href="/customers/{cast.contoso.pk}/users/"' in html


def test_a_long_reset_leads_to_its_sheet(cast: Cast, users: list[User]) -> None:
    ids = [user.pk for user in users]
    batch = running.perform(BatchKind.RESET, ids, customer=cast.contoso, actor=cast.alice)
    running.run_batch(batch.pk)
    batch.refresh_from_db()
    html = read(signed_in(cast.alice), page(batch))
    assert f'href="/customers/{cast.contoso.pk}/passwords/{batch.request["sheet"]}/"' in html
    assert "Reset password can't be undone." in words(html)


def test_what_was_done_is_said_in_the_same_words_with_licenses_and_without(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    client = signed_in(cast.alice)
    gone = words(read(client, page(delete(cast, cast.uma, cast.gail))))
    assert "Deleted Seats freed Teams Done" in gone
    assert "gail@contoso.example Deleted Done" in gone
    back = words(read(client, page(restore(cast, cast.uma, cast.gail).batch)))
    assert "Restored Licenses assigned again Teams Done" in back
    assert "gail@contoso.example Restored Done" in back
    assert "partly" not in back


def test_who_came_back_without_a_license_is_not_counted_as_wholly_done(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma, quantity=1)
    delete(cast, cast.uma, cast.gail)
    assign(teams, UserFactory.create(customer=cast.contoso))
    html = read(signed_in(cast.alice), page(restore(cast, cast.uma, cast.gail).batch))
    assert "2 users updated. 1 of them incomplete: see what is missing in the row." in words(html)
    assert "Restored Could not be assigned again" in words(html)
    assert problems(html) == []
