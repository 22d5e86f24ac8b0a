"""Confirming an upload asks for a proof where it changes who is an administrator."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.services.users import delete_users
from customers.roles import Role
from tests.accounts.signin.second_steps import (
    LONG_AGO,
    PROOF,
    client_of,
    give_app,
    prove,
    sent_again,
)
from tests.factories import UserFactory
from tests.patience import PATIENCE
from tests.support.admin import address
from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.models import Upload, UploadState
from uploads.reading import Reading
from uploads.services import (
    Existing,
    Options,
    check_upload,
    choose_options,
    fingerprint,
    is_grave_to_confirm,
)

GLOBAL, PASSWORDS = Role.GLOBAL_ADMIN, Role.PASSWORD_ADMIN


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def page(cast: Cast, name: str, *args: object) -> str:
    return reverse(f"uploads:{name}", args=[cast.contoso.pk, *args])


def is_asked(response: Any) -> bool:
    return bool(response.headers.get("Location", "").startswith(PROOF))


# Uploads: the heading and the cell, what goes for all, and whether somebody becomes one.
NAMED = ["User Name", "Display Name", "Permissions"]
EVERYBODY = Options(roles=(GLOBAL,))
UPDATES = Options(existing=Existing(permissions=True))
UMA = ["uma@contoso.example", "Uma", "Global administrator"]
ROWS: dict[str, tuple[list[list[str]], Options, bool]] = {
    "by a cell": ([["ada@contoso.example", "Ada", "Global admin"]], Options(), True),
    "for all": ([["ada@contoso.example", "Ada", ""]], EVERYBODY, True),
    "for all but those who say otherwise": (
        [["ada@contoso.example", "Ada", "User"]],
        EVERYBODY,
        False,
    ),
    "none": ([["ada@contoso.example", "Ada", "Password"]], Options(), False),
    "of one who is there": (
        [UMA],
        UPDATES,
        True,
    ),
    "of one who is left alone": (
        [UMA],
        Options(),
        False,
    ),
    "of one who is one": (
        [["gail@contoso.example", "Gail G", "Global administrator"]],
        Options(existing=Existing(details=True, permissions=True)),
        False,
    ),
    "of one who is none any more": ([["gail@contoso.example", "Gail", "User"]], UPDATES, True),
    "of one who is less": ([["gail@contoso.example", "Gail", "Billing"]], UPDATES, True),
    "of one who is none any more but is left alone": (
        [["gail@contoso.example", "Gail", "User"]],
        Options(existing=Existing(details=True)),
        False,
    ),
    "of one of whom it says nothing": (
        [["gail@contoso.example", "Gail G", ""]],
        Options(existing=Existing(details=True, permissions=True)),
        False,
    ),
    "of one who is more": ([["pia@contoso.example", "Pia", "Password, Billing"]], UPDATES, False),
    "of one who was more": ([["pia@contoso.example", "Pia", "Billing"]], UPDATES, True),
    "in a wrong row": ([["ada@nowhere.example", "Ada", "Global administrator"]], Options(), False),
    "of one who comes back": ([["ada@contoso.example", "Ada", ""]], Options(restores=True), True),
    "of one who comes anew": ([["ada@contoso.example", "Ada", ""]], Options(), False),
}


def uploaded(name: str, cast: Cast, actor: User) -> Upload:
    rows, options, _gives = ROWS[name]
    if any("pia@contoso.example" in row for row in rows):
        pia = {"user_name": "pia@contoso.example", "display_name": "Pia", "roles": [PASSWORDS]}
        UserFactory.create(customer=cast.contoso, **pia)
    if "comes" in name:
        gone = UserFactory.create(
            customer=cast.contoso, user_name="ada@contoso.example", roles=[GLOBAL]
        )
        delete_users([gone], customer=cast.contoso, actor=cast.alice)
    return upload_of([NAMED, *rows], customer=cast.contoso, actor=actor, options=options)


@pytest.mark.parametrize("name", ROWS)
def test_an_upload_is_known_to_change_who_is_an_administrator(name: str, cast: Cast) -> None:
    assert is_grave_to_confirm(uploaded(name, cast, cast.alice)) is ROWS[name][2]


def test_an_upload_without_the_column_gives_what_was_chosen_for_all(cast: Cast) -> None:
    rows = [["User Name", "Display Name"], ["ada@contoso.example", "Ada"]]
    for options, gives in ((EVERYBODY, True), (Options(), False)):
        upload = upload_of(rows, customer=cast.contoso, actor=cast.alice, options=options)
        assert is_grave_to_confirm(upload) is gives


@pytest.mark.parametrize("name", ["by a cell", "of one who was more", "none"])
def test_confirming_an_upload_asks_where_it_makes_one_and_keeps_what_was_chosen(
    name: str, cast: Cast
) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=0)
    upload = uploaded(name, cast, cast.alice)
    detail, confirm = (page(cast, f"upload-{each}", upload.pk) for each in ("detail", "confirm"))
    seen = client.get(detail).context["seen"]
    sent = {"seen": seen, "short": "without", "reason": "Ticket 4711"}
    prove(client, cast.alice, ago=LONG_AGO)
    if not ROWS[name][2]:
        assert client.post(confirm, sent)["Location"] == detail
        return
    again = sent_again(client, cast.alice, confirm, sent)
    assert again.request["PATH_INFO"] == detail
    assert (again.context["seen"], again.context["short"]) == (seen, "without")
    assert 'value="Ticket 4711"' in again.content.decode()
    assert Upload.objects.get(pk=upload.pk).batch is None
    assert client.post(confirm, sent)["Location"] == detail
    assert Upload.objects.get(pk=upload.pk).batch is not None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rows_that_came_after_the_question_are_not_confirmed_unasked(cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    upload = uploaded("by a cell", cast, cast.alice)
    with transaction.atomic():
        choose_options(upload, actor=cast.alice)
        connection.run_on_commit.clear()
    upload.refresh_from_db()
    seen = fingerprint(
        Upload(counts=upload.counts, options=upload.options, reading=Reading(version=2))
    )
    detail, confirm = (page(cast, f"upload-{each}", upload.pk) for each in ("detail", "confirm"))
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        # A worker is at it, and has the row locked.
        assert check_upload(upload.pk)
        sent = pool.submit(in_thread, lambda: client.post(confirm, {"seen": seen}))
        wait([sent], PATIENCE)
        connection.run_on_commit.clear()
    assert sent.result(PATIENCE)["Location"] == detail
    upload.refresh_from_db()
    assert (upload.state, fingerprint(upload), upload.batch) == (UploadState.CHECKED, seen, None)
    assert is_asked(client.post(confirm, {"seen": seen}))


def in_thread(job: Callable[[], Any]) -> Any:
    try:
        return job()
    finally:
        connections.close_all()


def test_support_confirms_an_upload_that_makes_one_after_a_proof(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=0)
    for name in ("none", "by a cell"):
        upload = uploaded(name, cast, cast.support)
        sent = {"action": "confirm_uploads", "_selected_action": [upload.pk], "confirmed": "yes"}
        url = address(Upload, "changelist")
        prove(client, cast.support, ago=LONG_AGO)
        if name == "none":
            assert client.post(url, sent)["Location"] == url
            continue
        again = sent_again(client, cast.support, url, sent)
        assert [row.pk for row in again.context["rows"]] == [upload.pk]
        assert Upload.objects.get(pk=upload.pk).batch is None
        client.post(url, sent)
        assert Upload.objects.get(pk=upload.pk).batch is not None
