"""No password, hash or ciphertext is anywhere but in its own column and on its sheet."""

import base64
import json
import logging
from collections.abc import Iterator

import pytest
import redis
from django.apps import apps
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import CredentialSheet, MailTo, User
from accounts.passwords import canonical
from accounts.services.credentials import destroy_sheet, read_sheet, slips_of
from accounts.services.mail import mail_sheet
from accounts.services.users import (
    NewUser,
    add_users,
    choose_password,
    delete_users,
    remove_users,
    reset_passwords,
    restore_users,
)
from customers.actions import Action
from tests.accounts.sheets import stored
from tests.accounts.verbs import fresh
from tests.factories import UserFactory
from tests.support.cast import PASSWORD, Cast
from tests.uploads.uploading import confirmed, upload_of


def a_life_of_passwords(cast: Cast) -> Iterator[str]:
    """Every verb that touches a password; yields what must be found nowhere."""
    contoso, alice = cast.contoso, cast.alice
    domain = contoso.domains.get(is_primary=True)
    user = NewUser("nora", domain, "Nora", {"alternate_email": "nora@mail.example"})
    sheet = add_users([user], customer=contoso, actor=alice).sheet
    nora = User.objects.get(username="nora@contoso.example")
    yield from _secrets(sheet, nora)
    for action in (Action.SHEET_SHOWN, Action.SHEET_PRINTED, Action.SHEET_DOWNLOADED):
        read_sheet(sheet, actor=alice, action=action)
    for to in MailTo:
        mail_sheet(sheet, to, actor=alice)
    upload = upload_of(
        [["User Name", "Display Name"], ["ada@contoso.example", "Ada"]],
        customer=contoso,
        actor=alice,
    )
    uploaded = CredentialSheet.objects.get(batch=confirmed(upload, actor=alice))
    yield from _secrets(uploaded, User.objects.get(username="ada@contoso.example"))
    mail_sheet(uploaded, MailTo.USER, actor=alice)
    again = reset_passwords([nora, cast.uma], customer=contoso, actor=alice).sheet
    yield from _secrets(again, fresh(nora), fresh(cast.uma))
    choose_password(fresh(cast.uma), PASSWORD)
    yield from (PASSWORD, fresh(cast.uma).password)
    delete_users([nora, cast.uma], customer=contoso, actor=alice)
    restore_users([cast.uma], customer=contoso, actor=alice)
    remove_users([nora], customer=contoso, actor=alice)
    destroy_sheet(sheet, actor=alice)


def _secrets(sheet: CredentialSheet, *users: User) -> Iterator[str]:
    yield from stored(sheet)
    for slip in slips_of(sheet):
        yield from (slip.password, canonical(slip.password))
    yield from (user.password for user in users)


def rows_of_all_tables() -> Iterator[tuple[str, str]]:
    """Every table's text, but for the two columns that hold secrets by design."""
    own = {("accounts_user", "password"), ("accounts_credentialsheetpart", "ciphertext")}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            columns = [
                connection.ops.quote_name(str(field.column))
                for field in model._meta.local_fields
                if (table, field.column) not in own
            ]
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
            for row in cursor.fetchall():
                yield table, json.dumps(row, default=str, ensure_ascii=False)


def messages(valkey: str) -> list[str]:
    """What waits in the queue, headers and readable body."""
    with redis.Redis.from_url(valkey) as client:
        waiting = [json.loads(message) for message in client.lrange("celery", 0, -1)]
    return [f"{each} {base64.b64decode(each['body']).decode()}" for each in waiting]


@pytest.mark.parametrize("limit", [500, 0])
def test_no_table_log_or_queue_holds_a_secret(
    cast: Cast,
    settings: Settings,
    valkey: str,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    limit: int,
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = limit
    caplog.set_level(logging.DEBUG, logger="accounts")
    caplog.set_level(logging.DEBUG, logger="customers")
    with django_capture_on_commit_callbacks(execute=True):
        secrets = list(a_life_of_passwords(cast))
    assert len(secrets) == 17
    queue = messages(valkey)
    # Each mail has a task, the upload one to be read and one to be written.
    assert len(queue) == 6
    places = [*rows_of_all_tables(), ("log", caplog.text), ("queue", " ".join(queue))]
    found = {place for place, text in places for secret in secrets if secret in text}
    assert found == set()


def test_the_walk_would_find_one(cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, department=PASSWORD)
    assert {table for table, text in rows_of_all_tables() if PASSWORD in text} == {"accounts_user"}
