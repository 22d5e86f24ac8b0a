"""Who makes an administrator, or removes one, or takes the role, is asked for a proof first."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.services.running import perform, run_batch
from accounts.services.users import change_user, delete_users
from customers import scope
from customers.models import AuditEvent, Batch, BatchKind, BatchState
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
from tests.support.admin import address, typed
from tests.support.cast import Cast
from tests.support.forms import fields, read

GLOBAL, PASSWORDS, BILLING = Role.GLOBAL_ADMIN, Role.PASSWORD_ADMIN, Role.BILLING_ADMIN
Sent = dict[str, Any]
# Of a form: its address, what it sends, and what of that was typed or chosen.
Way = Callable[..., tuple[str, Sent, Sent]]


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def user_with(cast: Cast, *roles: Role) -> User:
    user: User = UserFactory.create(customer=cast.contoso, display_name="Ada", roles=roles)
    return User.objects.with_roles().get(pk=user.pk)


def page(cast: Cast, name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=[cast.contoso.pk, *args])


def _one(name: str, *, grave: tuple[Role, ...]) -> Way:
    def way(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
        user = user_with(cast, *(grave if is_grave else ()))
        url = page(cast, name, user.pk)
        return url, fields(read(client, url)) | (told := {"reason": ["Ticket 4711"]}), told

    return way


def _chosen(name: str, *, grave: tuple[Role, ...], gone: bool = False) -> Way:
    def way(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
        user = user_with(cast, *(grave if is_grave else ()))
        if gone:
            delete_users([user], customer=cast.contoso, actor=cast.alice)
        url = f"{page(cast, name)}?user={user.pk}"
        return url, fields(read(client, url)) | (told := {"reason": ["Ticket 4711"]}), told

    return way


def _permissions(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    url = f"{page(cast, 'users-change', 'permissions')}?user={user_with(cast).pk}"
    told = {"permission": ["global" if is_grave else "user"], "reason": ["Ticket 4711"]}
    return url, fields(read(client, url)) | told, told


def _lists_taken(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    users = user_with(cast, PASSWORDS), user_with(cast, *([GLOBAL] if is_grave else ()))
    chosen = "&".join(f"user={user.pk}" for user in users)
    url = f"{page(cast, 'users-change', 'permissions')}?{chosen}"
    told = {"permission": ["limited"], "limited_roles": [BILLING.value, PASSWORDS.value]}
    told |= {"reason": ["Ticket 4711"]}
    return url, fields(read(client, url)) | told, told


def _added(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    url = page(cast, "user-add")
    told = {"permission": ["global" if is_grave else "user"]}
    told |= {"user_name": ["ada"], "display_name": ["Ada"], "job_title": ["Countess"]}
    return url, fields(read(client, url)) | told, told


def _edited(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    url = page(cast, "user-detail", user_with(cast).pk)
    told = {"permission": ["global" if is_grave else "user"], "job_title": ["Countess"]}
    return url, fields(read(client, url)) | told, told


def _taken(*before: Role, left: Role | None = None) -> Way:
    def way(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
        url = page(cast, "user-detail", user_with(cast, *(before if is_grave else ())).pk)
        told = {"permission": ["limited" if left else "user"], "job_title": ["Countess"]}
        told |= {"limited_roles": [left.value]} if left else {}
        return url, fields(read(client, url)) | told, told

    return way


def _given_and_undone(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
    user = user_with(cast)
    roles = (PASSWORDS,) if is_grave else None
    title = {"job_title": "Countess"}
    change_user(user, customer=cast.contoso, actor=cast.alice, fields=title, roles=roles)
    url = reverse("accounts:batch-undo", args=[Batch.objects.latest("pk").pk])
    return url, fields(read(client, url)) | (told := {"reason": ["Ticket 4711"]}), told


def _undone(*, deleted: bool) -> Way:
    def way(client: Client, cast: Cast, *, is_grave: bool) -> tuple[str, Sent, Sent]:
        user = user_with(cast, GLOBAL if is_grave else PASSWORDS)
        if deleted:
            batch = delete_users([user], customer=cast.contoso, actor=cast.alice)
        else:
            change_user(user, customer=cast.contoso, actor=cast.alice, fields={}, roles=())
            batch = Batch.objects.latest("pk")
        url = reverse("accounts:batch-undo", args=[batch.pk])
        return url, fields(read(client, url)) | (told := {"reason": ["Ticket 4711"]}), told

    return way


WAYS: dict[str, Way] = {
    "page of one: reset": _one("user-reset", grave=(PASSWORDS,)),
    "page of one: delete": _one("user-delete", grave=(PASSWORDS,)),
    "list: reset": _chosen("users-reset", grave=(PASSWORDS,)),
    "list: permissions": _permissions,
    "list: permissions taken": _lists_taken,
    "list: restore": _chosen("user-restore", grave=(GLOBAL,), gone=True),
    "add": _added,
    "edit": _edited,
    "edit: global administrator no more": _taken(GLOBAL),
    "edit: limited administrator no more": _taken(PASSWORDS),
    "edit: global administrator for something only": _taken(GLOBAL, left=PASSWORDS),
    "edit: administrator for less": _taken(PASSWORDS, BILLING, left=PASSWORDS),
    "undo of permissions that were given": _given_and_undone,
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
def test_the_same_is_free_for_all_others(name: str, cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=0)
    url, sent, _told = WAYS[name](client, cast, is_grave=False)
    prove(client, cast.alice, ago=LONG_AGO)
    events = AuditEvent.objects.count()
    assert not is_asked(client.get(url))
    answer = client.post(url, sent)
    assert (answer.status_code, is_asked(answer)) == (302, False)
    assert AuditEvent.objects.count() > events or name.endswith("permissions")


def test_what_a_worker_does_while_undo_is_sent_is_not_taken_back_unasked(
    cast: Cast, settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 1
    give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    users = [user_with(cast, GLOBAL), user_with(cast, GLOBAL)]
    batch = perform(
        BatchKind.CHANGE,
        [user.pk for user in users],
        customer=cast.contoso,
        actor=cast.alice,
        request={"roles": []},
    )
    worker = Worker(batch)
    with connection.execute_wrapper(worker):
        answer = client.post(reverse("accounts:batch-undo", args=[batch.pk]))
    batch.refresh_from_db()
    assert (batch.state, worker.has_worked) == (BatchState.DONE, True)
    assert "Only a finished action can be undone." in answer.content.decode()
    assert not User.objects.filter(pk__in=[one.pk for one in users], groups__name=GLOBAL).exists()


class Worker:
    """Does the batch right after a page has looked for what it has done so far."""

    has_worked = False

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        found = execute(sql, params, many, context)
        if '"customers_batchitem"' in sql and not self.has_worked:
            self.has_worked = True
            with scope.within(scope.TASKS):
                assert run_batch(self.batch.pk)
        return found


def test_an_administrator_whom_the_role_does_not_reach_is_refused_and_not_asked(
    cast: Cast,
) -> None:
    give_app(cast.bob)
    client, user = client_of(cast.bob, ago=LONG_AGO), user_with(cast, GLOBAL)
    assert client.post(page(cast, "user-reset", user.pk)).status_code == 403
    assert client.post(page(cast, "user-delete", user.pk)).status_code == 403
    assert (
        client.post(page(cast, "user-detail", cast.uma.pk), {"permission": "global"}).status_code
        == 403
    )
    assert client.post(page(cast, "user-add"), {"permission": "global"}).status_code == 403
    listed = client.get(f"{page(cast, 'users-reset')}?user={user.pk}")
    assert listed.status_code == 200


def test_a_user_who_is_a_global_administrator_already_is_edited_freely(cast: Cast) -> None:
    give_app(cast.alice)
    client, url = client_of(cast.alice, ago=LONG_AGO), page(cast, "user-detail", cast.gail.pk)
    form = fields(read(client, url))
    assert form["permission"] == ["global"]
    answer = client.post(url, form | {"job_title": ["Countess"]})
    assert (answer.status_code, is_asked(answer)) == (302, False)
    assert User.objects.get(pk=cast.gail.pk).job_title == "Countess"


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


def test_support_takes_a_role_after_a_proof_and_has_the_form_back(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=0)
    for before, after in (([GLOBAL], []), ([GLOBAL], [PASSWORDS]), ([PASSWORDS], [])):
        user = user_with(cast, *before)
        url = address(User, "change", user.pk)
        roles = [role.value for role in after]
        sent = {**typed(client.get(url)), "roles": roles, "job_title": "Countess"}
        again = sent_again(client, cast.support, url, sent)
        form = typed(again)
        assert (form["job_title"], form.get("roles") or []) == ("Countess", roles)
        assert User.objects.with_roles().get(pk=user.pk).roles == tuple(before)
        answer = client.post(url, form)
        assert (answer.status_code, is_asked(answer)) == (302, False)
        assert User.objects.with_roles().get(pk=user.pk).roles == tuple(after)


def test_support_edits_who_stays_an_administrator_freely(cast: Cast) -> None:
    give_app(cast.support)
    client, url = client_of(cast.support, ago=LONG_AGO), address(User, "change", cast.gail.pk)
    answer = client.post(url, {**typed(client.get(url)), "job_title": "Countess"})
    assert (answer.status_code, is_asked(answer)) == (302, False)


def test_support_restores_a_global_administrator_after_a_proof_with_the_name_that_was_typed(
    cast: Cast,
) -> None:
    give_app(cast.support)
    client, user = client_of(cast.support, ago=0), user_with(cast, GLOBAL)
    delete_users([user], customer=cast.contoso, actor=cast.alice)
    UserFactory.create(customer=cast.contoso, user_name=user.user_name)
    name = {f"name_{user.pk}": "lovelace@contoso.example"}
    sent = {"action": "restore", "_selected_action": [user.pk], "confirmed": "yes", **name}
    again = sent_again(client, cast.support, address(User, "changelist"), sent)
    [item] = again.context["returns"]
    assert item.user_name == "lovelace@contoso.example"
    assert f'value="{item.user_name}"' in again.content.decode()
    assert User.objects.get(pk=user.pk).deleted_at
