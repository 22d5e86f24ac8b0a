"""A user who is purged leaves nothing: no row, no file, no key in Redis, no line of a log."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models import F
from django.test import Client
from pytest_django import Settings

from accounts.columns import COLUMNS
from accounts.models import MailTo, SavedFilter, User
from accounts.services.credentials import read_sheet
from accounts.services.mail import deliver_sheet, mail_sheet
from accounts.services.running import run_batch
from accounts.services.undo import undo_batch
from accounts.services.users import (
    block_users,
    change_user,
    delete_users,
    purge_due_users,
    reset_passwords,
    restore_users,
)
from customers.actions import Action
from customers.models import AuditEvent, Batch
from customers.said import gettext, words_of
from tests.accounts.verbs import fresh, subscribe
from tests.customers.log.sealed import by_force
from tests.factories import SupportFactory
from tests.support.cast import PASSWORD, Cast
from tests.uploads.uploading import confirmed, upload_of

# In every value that this user has, and in no other: whatever has it knows of the user.
MARK = "zqxj"
USER_NAME = f"{MARK}@contoso.example"
CELLS = {
    "User Name": USER_NAME,
    "Alternate email address": f"me@{MARK}.example",
    "Usage location": "SE",
    "Country or Region": "SE",
    "Subscriptions": "Teams",
    "Permissions": "",
    "Services off": "",
    "Status update": "",
    "Start date": "",
}
# What outlives the user for AUDIT_NAMES_DAYS, and how old everything is made in the end.
NAMES, MONTH = "customers_auditnames", timedelta(days=40)
SEALED = {"customers.AuditEvent", "customers.AuditNames", "customers.AuditSeal"}


def cells() -> list[list[str]]:
    """One user in every column, and the same again, which is wrong."""
    headings = [column.heading for column in COLUMNS.values()]
    row = [CELLS.get(heading, f"{MARK} {heading}"[:40]) for heading in headings]
    return [headings, row, row]


@pytest.fixture(autouse=True)
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / f"files-{MARK[:2]}"
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def user(cast: Cast) -> User:
    subscribe(cast)
    upload = upload_of(cells(), customer=cast.contoso, actor=cast.gail, name=f"{MARK}.csv")
    assert confirmed(upload, actor=cast.gail).done == 1
    return User.objects.get(user_name=USER_NAME)


def live(cast: Cast, user: User, client: Client) -> None:
    """All that can happen to a user, by others and by the user."""
    contoso, gail = cast.contoso, cast.gail
    upload = upload_of(cells(), customer=contoso, actor=gail, name=f"again-{MARK}.csv")
    assert upload.rows.exists()
    sheet = reset_passwords([user], customer=contoso, actor=gail, reason="Ticket 1").sheet
    read_sheet(sheet, actor=gail, action=Action.SHEET_SHOWN)
    mail_sheet(sheet, MailTo.USER, actor=gail)
    deliver_sheet(sheet.pk)
    change_user(fresh(user), customer=contoso, actor=gail, fields={"city": f"{MARK} City"})
    block = block_users([user, cast.uma], customer=contoso, actor=gail)
    undo_batch(block, actor=gail, key="undo")
    run_batch(Batch.objects.get(undo_of=block).pk)
    batch = block_users([cast.uma], customer=contoso, actor=gail)
    said = gettext("%(name)s has been deleted.") % {"name": f"{MARK} Display name"}
    batch.items.update(reason=said, reason_said=words_of(said))
    Batch.objects.filter(pk=batch.pk).update(refusal=said, refusal_said=words_of(said))
    _search(cast, client)
    _sign_in(user, client)


def _search(cast: Cast, client: Client) -> None:
    """What administrators look at, take out and keep."""
    home = f"/customers/{cast.contoso.pk}"
    support = SupportFactory.create(local_part="help", is_superuser=True)
    client.force_login(cast.gail)
    for path in (f"users/?q={MARK}", f"users/export/?q={MARK}", f"activity/?user={MARK}"):
        response: Any = client.get(f"{home}/{path}")
        assert response.status_code in (200, 302), path
        getattr(response, "streaming_content", None) and list(response.streaming_content)
    SavedFilter.objects.create(
        owner=cast.gail, customer=cast.contoso, name=f"Only {MARK}", query={"q": MARK}
    )
    SavedFilter.objects.create(
        owner=cast.gail, customer=cast.contoso, name="Our own", query={"q": "contoso"}
    )
    client.force_login(support)
    user = User.objects.get(user_name=USER_NAME)
    url = f"/admin/accounts/user/{user.pk}/"
    client.post(f"{url}change/", {"display_name": f"{MARK} Display name"})
    from django.contrib.admin.models import CHANGE, LogEntry

    LogEntry.objects.log_actions(support.pk, [user], CHANGE, change_message=f"{MARK} Display name")


def _sign_in(user: User, client: Client) -> None:
    user = fresh(user)
    user.set_password(PASSWORD)
    user.must_change_password = False
    user.temporary_password_set_at = None
    user.save()
    client.logout()
    sent = {"login": USER_NAME, "password": "wrong-password-1"}
    assert client.post("/accounts/login/", sent).status_code == 200
    client.post("/accounts/login/", sent | {"password": PASSWORD})
    assert client.get("/me/account/").status_code == 200


def end(cast: Cast, user: User) -> None:
    """Deleted, restored, deleted again, and purged when the day has come."""
    delete_users([user], customer=cast.contoso, actor=cast.gail)
    restore_users([user], customer=cast.contoso, actor=cast.gail)
    delete_users([user], customer=cast.contoso, actor=cast.gail)
    time_passes()
    assert purge_due_users().removed == 1


def time_passes() -> None:
    """Everything is older by more than a month, but what nobody can change."""
    with transaction.atomic():
        for model in apps.get_models():
            if model._meta.label in SEALED:
                continue
            moments = [f.name for f in model._meta.fields if isinstance(f, models.DateTimeField)]
            if moments:
                model._base_manager.update(**{name: F(name) - MONTH for name in moments})


def beat_runs() -> None:
    """Every task that beat runs, once."""
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        module, _dot, name = str(entry["task"]).rpartition(".")
        getattr(import_module(module), name)()


def traces() -> set[str]:
    """The tables and columns, files and keys that know of the user."""
    return {*_in_tables(), *_in_files(), *_in_redis()}


def _in_tables() -> Iterator[str]:
    quote = connection.ops.quote_name
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {quote(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    if MARK in _text(value).lower():
                        yield f"{table}.{column}"
    for session in Session.objects.all():
        if MARK in json.dumps(session.get_decoded()).lower():
            yield "django_session"


def _text(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def _in_files() -> Iterator[str]:
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if MARK in str(path).lower() or (path.is_file() and MARK.encode() in path.read_bytes()):
            yield str(path)


def _in_redis() -> Iterator[str]:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        for key in client.scan_iter():
            if MARK.encode() in key.lower() or MARK.encode() in (client.dump(key) or b""):
                yield f"redis {key!r}"


@pytest.mark.django_db(transaction=True)
def test_who_is_purged_is_nowhere_but_in_the_logs_names_and_then_nowhere(
    cast: Cast,
    user: User,
    client: Client,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    cache.set("probe", MARK)
    assert "redis b'portal-json:1:probe'" in traces(), "what is there is seen"
    cache.delete("probe")
    live(cast, user, client)
    known = traces()
    assert {f"{NAMES}.target", "accounts_user.city", "accounts_user.search_text"} <= known
    end(cast, user)
    # An upload that nobody confirmed ends now, and is listed for a month.
    beat_runs()
    assert {trace.partition(".")[0] for trace in traces()} <= {NAMES, "uploads_upload"}
    time_passes()
    beat_runs()
    assert {trace.partition(".")[0] for trace in traces()} == {NAMES}
    with by_force():
        # The database keeps the log's names for a day, whatever is set.
        AuditEvent._base_manager.update(at=F("at") - MONTH)
    settings.AUDIT_NAMES_DAYS = 0
    beat_runs()
    assert traces() == set()
    assert AuditEvent.objects.filter(target_id=user.pk, target_type="user").exists()
    assert MARK not in caplog.text.lower()
    assert list(SavedFilter.objects.values_list("name", flat=True)) == ["Our own"]
