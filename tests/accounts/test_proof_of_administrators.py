"""By whatever way an administrator is made, made anew or removed, a proof is asked for first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Upload, UploadState, User
from accounts.services.uploads import (
    Existing,
    Options,
    check_upload,
    choose_options,
    fingerprint,
    makes_global_admin,
)
from accounts.services.users import change_user, delete_users
from customers.models import AuditEvent, Batch
from customers.roles import Role
from tests.accounts.second_steps import LONG_AGO, PROOF, client_of, give_app, prove, sent_again
from tests.accounts.uploading import upload_of
from tests.admin import address, typed
from tests.cast import Cast
from tests.factories import UserFactory
from tests.forms import fields, read

GLOBAL, PASSWORDS = Role.GLOBAL_ADMIN, Role.PASSWORD_ADMIN
Sent = dict[str, Any]
# Of a form: its address, what it sends, and what of that was typed or chosen.
Way = Callable[..., tuple[str, Sent, Sent]]


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def somebody(cast: Cast, *roles: Role) -> User:
    user: User = UserFactory.create(customer=cast.contoso, display_name="Ada", roles=roles)
    return User.objects.with_roles().get(pk=user.pk)


def page(cast: Cast, name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=[cast.contoso.pk, *args])


def _one(name: str, *, grave: tuple[Role, ...]) -> Way:
    def way(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
        person = somebody(cast, *(grave if is_grave else ()))
        url = page(cast, name, person.pk)
        return url, fields(read(client, url)) | (told := {"reason": ["Ticket 4711"]}), told

    return way


def _chosen(name: str, *, grave: tuple[Role, ...], gone: bool = False) -> Way:
    def way(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
        person = somebody(cast, *(grave if is_grave else ()))
        if gone:
            delete_users([person], customer=cast.contoso, actor=cast.alice)
        url = f"{page(cast, name)}?user={person.pk}"
        return url, fields(read(client, url)) | (told := {"reason": ["Ticket 4711"]}), told

    return way


def _permissions(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    url = f"{page(cast, 'users-change', 'permissions')}?user={somebody(cast).pk}"
    told = {"permission": ["global" if is_grave else "user"], "reason": ["Ticket 4711"]}
    return url, fields(read(client, url)) | told, told


def _added(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    url = page(cast, "user-add")
    told = {"permission": ["global" if is_grave else "user"]}
    told |= {"user_name": ["ada"], "display_name": ["Ada"], "job_title": ["Countess"]}
    return url, fields(read(client, url)) | told, told


def _edited(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    url = page(cast, "user-detail", somebody(cast).pk)
    told = {"permission": ["global" if is_grave else "user"], "job_title": ["Countess"]}
    return url, fields(read(client, url)) | told, told


def _undone(*, deleted: bool) -> Way:
    def way(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
        person = somebody(cast, GLOBAL if is_grave else PASSWORDS)
        if deleted:
            batch = delete_users([person], customer=cast.contoso, actor=cast.alice)
        else:
            change_user(person, customer=cast.contoso, actor=cast.alice, fields={}, roles=())
            batch = Batch.objects.latest("pk")
        url = reverse("accounts:batch-undo", args=[batch.pk])
        return url, fields(read(client, url)) | (told := {"reason": ["Ticket 4711"]}), told

    return way


WAYS: dict[str, Way] = {
    "page of one: reset": _one("user-reset", grave=(PASSWORDS,)),
    "page of one: delete": _one("user-delete", grave=(PASSWORDS,)),
    "list: reset": _chosen("users-reset", grave=(PASSWORDS,)),
    "list: permissions": _permissions,
    "list: restore": _chosen("user-restore", grave=(GLOBAL,), gone=True),
    "add": _added,
    "edit": _edited,
    "undo of a deletion": _undone(deleted=True),
    "undo of a change of permissions": _undone(deleted=False),
}


def is_asked(response: Any) -> bool:
    return bool(response.headers.get("Location", "").startswith(PROOF))


@pytest.mark.parametrize("name", WAYS)
def test_what_makes_or_touches_an_administrator_asks_and_keeps_what_was_typed(
    name: str, cast: Cast
) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=0)
    url, sent, told = WAYS[name](client, cast, is_grave=True)
    events = AuditEvent.objects.count()
    again = sent_again(client, cast.alice, url, sent)
    assert AuditEvent.objects.count() == events, "nothing was done"
    form = fields(again.content.decode())
    assert form | told == form
    answer = client.post(url, form)
    assert (answer.status_code, is_asked(answer)) == (302, False)
    assert AuditEvent.objects.count() > events


@pytest.mark.parametrize("name", WAYS)
def test_the_same_is_free_for_everybody_else(name: str, cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=0)
    url, sent, _told = WAYS[name](client, cast, is_grave=False)
    prove(client, cast.alice, ago=LONG_AGO)
    events = AuditEvent.objects.count()
    assert not is_asked(client.get(url))
    answer = client.post(url, sent)
    assert (answer.status_code, is_asked(answer)) == (302, False)
    assert AuditEvent.objects.count() > events or name.endswith("permissions")


def test_an_administrator_whom_the_role_does_not_reach_is_refused_and_not_asked(
    cast: Cast,
) -> None:
    give_app(cast.bob)
    client, person = client_of(cast.bob, ago=LONG_AGO), somebody(cast, GLOBAL)
    assert client.post(page(cast, "user-reset", person.pk)).status_code == 403
    assert client.post(page(cast, "user-delete", person.pk)).status_code == 403
    assert (
        client.post(page(cast, "user-detail", cast.uma.pk), {"permission": "global"}).status_code
        == 403
    )
    assert client.post(page(cast, "user-add"), {"permission": "global"}).status_code == 403
    listed = client.get(f"{page(cast, 'users-reset')}?user={person.pk}")
    assert listed.status_code == 200


def test_whoever_is_a_global_administrator_already_is_edited_freely(cast: Cast) -> None:
    give_app(cast.alice)
    client, url = client_of(cast.alice, ago=LONG_AGO), page(cast, "user-detail", cast.gail.pk)
    form = fields(read(client, url))
    assert form["permission"] == ["global"]
    answer = client.post(url, form | {"job_title": ["Countess"]})
    assert (answer.status_code, is_asked(answer)) == (302, False)
    assert User.objects.get(pk=cast.gail.pk).job_title == "Countess"


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
    "in a wrong row": ([["ada@nowhere.example", "Ada", "Global administrator"]], Options(), False),
    "of one who comes back": ([["ada@contoso.example", "Ada", ""]], Options(restores=True), True),
    "of one who comes anew": ([["ada@contoso.example", "Ada", ""]], Options(), False),
}


def uploaded(name: str, cast: Cast, actor: User) -> Upload:
    rows, options, _gives = ROWS[name]
    if "comes" in name:
        gone = UserFactory.create(
            customer=cast.contoso, user_name="ada@contoso.example", roles=[GLOBAL]
        )
        delete_users([gone], customer=cast.contoso, actor=cast.alice)
    return upload_of([NAMED, *rows], customer=cast.contoso, actor=actor, options=options)


@pytest.mark.parametrize("name", ROWS)
def test_an_upload_is_known_to_make_somebody_a_global_administrator(name: str, cast: Cast) -> None:
    assert makes_global_admin(uploaded(name, cast, cast.alice)) is ROWS[name][2]


def test_an_upload_without_the_column_gives_what_was_chosen_for_all(cast: Cast) -> None:
    rows = [["User Name", "Display Name"], ["ada@contoso.example", "Ada"]]
    for options, gives in ((EVERYBODY, True), (Options(), False)):
        upload = upload_of(rows, customer=cast.contoso, actor=cast.alice, options=options)
        assert makes_global_admin(upload) is gives


@pytest.mark.parametrize("name", ["by a cell", "none"])
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
        choose_options(upload, Options.from_json(upload.options), actor=cast.alice)
        connection.run_on_commit.clear()
    upload.refresh_from_db()
    seen = fingerprint(Upload(counts=upload.counts, options=upload.options, reading={"version": 1}))
    detail, confirm = (page(cast, f"upload-{each}", upload.pk) for each in ("detail", "confirm"))
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        # A worker is at it, and has the row locked.
        assert check_upload(upload.pk)
        sent = pool.submit(in_thread, lambda: client.post(confirm, {"seen": seen}))
        wait([sent], 20)
        connection.run_on_commit.clear()
    assert sent.result(60)["Location"] == detail
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


def test_support_gives_the_role_after_a_proof_and_has_the_form_back(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=0)
    add, change = address(User, "add"), address(User, "change", cast.uma.pk)
    new: Sent = {"customer": str(cast.contoso.pk), "user_name": "ada@contoso.example"}
    new |= {"display_name": "Ada", "roles": [GLOBAL.value]}
    for url, sent in ((add, new), (change, {**typed(client.get(change)), "roles": [GLOBAL.value]})):
        again = sent_again(client, cast.support, url, sent)
        form = typed(again)
        assert form == form | sent
        assert not User.objects.filter(groups__name=GLOBAL).exclude(pk=cast.gail.pk).exists()
        prove(client, cast.support, ago=LONG_AGO)
        lesser = {**sent, "roles": [PASSWORDS.value], "user_name": "bea@contoso.example"}
        assert not is_asked(client.post(url, lesser))


def test_support_restores_a_global_administrator_after_a_proof_with_the_name_that_was_typed(
    cast: Cast,
) -> None:
    give_app(cast.support)
    client, person = client_of(cast.support, ago=0), somebody(cast, GLOBAL)
    delete_users([person], customer=cast.contoso, actor=cast.alice)
    UserFactory.create(customer=cast.contoso, user_name=person.user_name)
    name = {f"name_{person.pk}": "lovelace@contoso.example"}
    sent = {"action": "restore", "_selected_action": [person.pk], "confirmed": "yes", **name}
    again = sent_again(client, cast.support, address(User, "changelist"), sent)
    [item] = again.context["returns"]
    assert item.user_name == "lovelace@contoso.example"
    assert f'value="{item.user_name}"' in again.content.decode()
    assert User.objects.get(pk=person.pk).deleted_at
