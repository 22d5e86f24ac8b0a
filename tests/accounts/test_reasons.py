"""Why something was done: asked wherever many or the mighty are concerned, kept by the log."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.running import run_batch
from customers.models import AuditEvent, Batch
from tests.accounts.verbs import delete, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields, read, words
from tests.uploads.uploading import HEADINGS, confirmed, upload_of

REASON = "Ticket 4711: “left”"
Post = Callable[[str, Mapping[str, Any]], Any]


@pytest.fixture
def post(client: Client, cast: Cast) -> Post:
    """Send a page's own form with a reason, and what else is chosen in it."""
    client.force_login(cast.alice)

    def send(path: str, chosen: Mapping[str, Any]) -> Any:
        url = f"/customers/{cast.contoso.pk}/{path}"
        sent = fields(read(client, url)) | {"reason": [REASON], **chosen}
        return client.post(url, sent)

    return send


def reasons() -> set[tuple[str, str]]:
    return set(AuditEvent.objects.values_list("action", "reason"))


@pytest.fixture
def ada(cast: Cast) -> User:
    return UserFactory.create(customer=cast.contoso, display_name="Ada", usage_location="SE")


@pytest.mark.parametrize(
    ("path", "chosen", "action"),
    [
        ("users/{pk}/reset/", {}, "password.reset"),
        ("users/{pk}/block/", {}, "user.blocked"),
        ("users/{pk}/delete/", {}, "user.deleted"),
        ("users/reset/?user={pk}", {}, "password.reset"),
        ("users/block/?user={pk}", {}, "user.blocked"),
        ("users/delete/?user={pk}", {}, "user.deleted"),
        ("users/change/location/?user={pk}", {"usage_location": "NO"}, "user.changed"),
        ("users/change/department/?user={pk}", {"department": "Sales"}, "user.changed"),
        ("users/change/permissions/?user={pk}", {"permission": "global"}, "user.changed"),
    ],
)
def test_the_reason_stands_in_the_log_and_with_the_batch(
    post: Post, client: Client, ada: User, path: str, chosen: dict[str, str], action: str
) -> None:
    response = post(path.format(pk=ada.pk), chosen)
    assert response.status_code == 302, words(response.content.decode())
    assert reasons() == {(action, REASON)}
    batch = Batch.objects.get()
    assert batch.reason == REASON
    assert REASON in words(read(client, f"/batches/{batch.pk}/"))


@pytest.mark.parametrize("path", ["users/{pk}/allow/", "users/allow/?user={pk}"])
def test_allowing_has_a_reason(post: Post, ada: User, path: str) -> None:
    User.objects.filter(pk=ada.pk).update(blocked_at=ada.added_at)
    post(path.format(pk=ada.pk), {})
    assert reasons() == {("user.allowed", REASON)}


def test_restoring_and_deleting_permanently_have_a_reason(
    post: Post, cast: Cast, ada: User
) -> None:
    delete(cast, ada)
    post(f"users/restore/?user={ada.pk}", {})
    delete(cast, ada)
    post(f"users/remove/?user={ada.pk}", {"typed": "Ada"})
    assert reasons() == {
        ("user.deleted", ""),
        ("user.restored", REASON),
        ("user.removed", REASON),
    }


def test_licenses_have_a_reason(post: Post, cast: Cast, ada: User) -> None:
    pool = subscribe(cast)
    post(f"users/licenses/?user={ada.pk}", {"on": [str(pool.pk)]})
    assert reasons() == {("license.assigned", REASON)}


def test_canceling_a_subscription_has_a_reason(post: Post, cast: Cast, ada: User) -> None:
    pool = subscribe(cast, "Teams", ada)
    post(f"subscriptions/{pool.pk}/cancel/", {})
    assert reasons() == {("subscription.canceled", REASON)}


def test_an_upload_has_a_reason(client: Client, cast: Cast) -> None:
    rows = [HEADINGS, ["grace@contoso.example", "Grace", "Hopper", ""]]
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice)
    client.force_login(cast.alice)
    url = f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/"
    page = read(client, url)
    assert 'name="reason"' in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    client.post(f"{url}confirm/", {"seen": seen, "reason": REASON})
    upload.refresh_from_db()
    assert upload.batch is not None
    run_batch(upload.batch.pk)
    assert reasons() == {("user.added", REASON)}


@pytest.mark.parametrize("path", ["users/{pk}/block/", "users/block/?user={pk}"])
def test_one_that_is_too_long_is_said_and_nothing_is_done(post: Post, ada: User, path: str) -> None:
    page = words(post(path.format(pk=ada.pk), {"reason": "x" * 256}).content.decode())
    assert "Shorten this to 255 characters or fewer (it has 256)" in page
    assert not AuditEvent.objects.exists()


def test_the_log_is_searched_and_exported_by_reason(
    post: Post, client: Client, cast: Cast, ada: User
) -> None:
    post(f"users/{ada.pk}/block/", {})
    post(f"users/{cast.uma.pk}/block/", {"reason": ""})
    url = f"/customers/{cast.contoso.pk}/activity/"
    shown = client.get(url, {"reason": "ticket 4711"}).context["lines"]
    assert [(line.target.name, line.details) for line in shown] == [("Ada", [REASON])]
    response: Any = client.get(f"{url}export/", {"reason": "4711"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert [row[6:] for row in csv.reader(io.StringIO(text, newline=""))] == [
        ["Reason or ticket", "Batch"],
        [REASON, str(Batch.objects.get(reason=REASON).pk)],
    ]


def test_an_undo_has_a_reason_of_its_own(post: Post, client: Client, ada: User) -> None:
    post(f"users/{ada.pk}/block/", {"reason": "Ticket 1"})
    url = f"/batches/{Batch.objects.get().pk}/undo/"
    form = fields(read(client, url))
    refused = client.post(url, form | {"reason": ["x" * 256]})
    assert "Shorten this to 255 characters or fewer" in words(refused.content.decode())
    client.post(url, form | {"reason": [REASON]})
    assert reasons() == {("user.blocked", "Ticket 1"), ("user.allowed", REASON)}
    assert Batch.objects.get(undo_of__isnull=False).reason == REASON


def test_an_upload_taken_back_has_a_reason_in_all_events(client: Client, cast: Cast) -> None:
    rows = [HEADINGS, ["grace@contoso.example", "Grace", "Hopper", ""]]
    batch = confirmed(upload_of(rows, customer=cast.contoso, actor=cast.alice), actor=cast.alice)
    client.force_login(cast.alice)
    url = f"/batches/{batch.pk}/undo/"
    client.post(url, fields(read(client, url)) | {"reason": [REASON]})
    assert reasons() == {
        ("user.added", ""),
        ("user.deleted", REASON),
        ("sheet.destroyed", REASON),
    }
