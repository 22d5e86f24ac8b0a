"""The admin asks for a proof before what the portal asks it for, at each address that it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.admin.forms import Kind
from accounts.models import CredentialSheet, User
from customers.models import AuditEvent
from customers.roles import Role
from licensing.models import LicenseAssignment
from tests.accounts.signin.second_steps import LONG_AGO, PROOF, client_of, give_app, sent_again
from tests.factories import SupportFactory
from tests.support.admin import act, address, errors, make_rows, typed
from tests.support.cast import Cast

# Shows, and writes nothing.
SHOWN = {"changelist", "history", "export"}
OF_NO_ROW = {"add"}
STAFF = {"add", "change", "delete", "delete_selected", "reset_password", "block", "allow"}
ASKED = {
    "applications.Application add",
    "accounts.CredentialSheet show",
    "accounts.User/user delete_selected",
    "accounts.User/user reset_second_step",
    *(f"accounts.User/{kind} allow_codes" for kind in ("user", "staff", "support")),
    "accounts.User/administrator allow_codes",
    *(f"accounts.User/{kind} {action}" for kind in ("staff", "support") for action in STAFF),
    *(f"accounts.User/{kind} reset_second_step" for kind in ("staff", "support")),
    *(f"accounts.User/{kind} restore" for kind in ("staff", "support", "administrator")),
    *(
        f"accounts.User/administrator {action}"
        for action in ("change", "delete", "delete_selected")
    ),
    *(
        f"accounts.User/administrator {action}"
        for action in ("reset_password", "reset_second_step")
    ),
    *(f"auth.Group {action}" for action in ("add", "change", "delete", "delete_selected")),
} - {"accounts.User/support delete"}
# As in the portal, which asks for none of it.
FREE = {
    "accounts.CredentialSheet done",
    "uploads.Upload add",
    "uploads.Upload cancel_uploads",
    "uploads.Upload confirm_uploads",
    "customers.Customer add",
    "customers.Customer change",
    "customers.Domain add",
    "customers.Domain delete",
    "customers.Domain delete_selected",
    "customers.Domain make_primary",
    "customers.Partner add",
    "customers.Partner change",
    *(
        f"licensing.LicenseAssignment {action}"
        for action in ("add", "change", "delete", "delete_selected")
    ),
    *(f"applications.Application {action}" for action in ("switch_on", "switch_off")),
    "api.Token revoke",
    "licensing.Product add",
    "licensing.Product change",
    *(
        f"licensing.Subscription {action}"
        for action in ("add", "change", "suspend", "resume", "cancel")
    ),
    *(f"accounts.User/user {action}" for action in ("add", "change", "delete")),
    *(f"accounts.User/user {action}" for action in ("reset_password", "block", "allow", "restore")),
    *(f"accounts.User/administrator {action}" for action in ("add", "block", "allow")),
}


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def requested(user: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    return request


def rows_of(model: type[models.Model], cast: Cast) -> dict[str, models.Model]:
    """By what stands in an action's name: of users one of each kind."""
    if model is User:
        users = {"user": cast.uma, "administrator": cast.gail, "staff": cast.bob}
        users["support"] = SupportFactory.create()
        return {f"{model._meta.label}/{kind}": row for kind, row in users.items()}
    if model is Group:
        Group.objects.create(name="Readers")
    # A license that was given back is only shown.
    held = {"released_at": None} if model is LicenseAssignment else {}
    row = model._default_manager.filter(**held).order_by("-pk").first()
    assert row is not None
    return {model._meta.label: row}


def actions(cast: Cast) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Of every model in the admin each address and each action: name, address, what is sent."""
    for model, its_admin in sorted(admin.site._registry.items(), key=lambda item: str(item[0])):  # noqa: SLF001
        stem = f"{model._meta.app_label}_{model._meta.model_name}_"
        names = {path.name.removeprefix(stem) for path in its_admin.get_urls() if path.name}
        for name, row in rows_of(model, cast).items():
            for page in sorted(names - SHOWN):
                url = address(model, page, *([] if page in OF_NO_ROW else [row.pk]))
                if page == "add" and "/" in name:
                    url += f"?kind={name.partition('/')[2]}"
                yield f"{name} {page}", url, {"post": "yes"}
            for action in its_admin.get_actions(requested(cast.support)):
                sent = {"action": action, "_selected_action": [row.pk], "confirmed": "yes"}
                yield f"{name} {action}", address(model, "changelist"), sent


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def walked(client: Client, cast: Cast) -> tuple[set[str], set[str]]:
    """The actions that are open to superusers: those that asked for a proof, and the others."""
    asked, done = set(), set()
    for name, url, sent in actions(cast):
        events = AuditEvent.objects.count()
        with undone():
            response = client.post(url, sent)
            if response.headers.get("Location", "").startswith(PROOF):
                assert AuditEvent.objects.count() == events, name
                asked.add(name)
            elif response.status_code not in {403, 404}:
                done.add(name)
    return asked, done


def test_each_action_of_the_admin_asks_for_a_proof_or_is_known_not_to(cast: Cast) -> None:
    make_rows(cast)
    # A moment ago its maker is asked nothing before a sheet is shown.
    CredentialSheet.objects.update(created_at="2026-01-01T00:00Z")
    give_app(cast.support)
    assert walked(client_of(cast.support, ago=LONG_AGO), cast) == (ASKED, FREE)


def is_asked(response: Any) -> bool:
    return bool(response.headers.get("Location", "").startswith(PROOF))


def test_what_shows_a_row_asks_nothing_and_what_begins_an_action_asks_at_once(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=LONG_AGO)
    for user in (cast.bob, cast.uma):
        assert client.get(address(User, "change", user.pk)).status_code == 200
        assert client.get(address(User, "history", user.pk)).status_code == 200
    assert is_asked(client.get(address(User, "delete", cast.bob.pk)))
    assert client.get(address(User, "delete", cast.uma.pk)).status_code == 200
    for kind in Kind:
        asked = is_asked(client.get(f"{address(User, 'add')}?kind={kind}"))
        assert asked is (kind != Kind.USER), kind


def test_a_user_who_may_only_look_is_refused_and_not_asked(cast: Cast) -> None:
    reader = SupportFactory.create(is_superuser=False)
    reader.user_permissions.set(Permission.objects.filter(codename="view_user"))
    give_app(reader)
    client = client_of(reader, ago=LONG_AGO)
    urls = [address(User, page, cast.bob.pk) for page in ("change", "delete")]
    for url in [*urls, f"{address(User, 'add')}?kind=staff"]:
        assert client.post(url, {"post": "yes"}).status_code == 403, url
    assert client.post(address(User, "change", 987654), {}).status_code == 403
    assert not is_asked(act(client, "block", cast.bob, confirmed="yes"))
    give_app(cast.support)
    superuser = client_of(cast.support, ago=LONG_AGO)
    assert superuser.post(address(User, "change", 987654), {}).status_code == 404


def test_what_was_typed_of_partner_staff_is_back_and_saved_once_it_is_sent_again(
    cast: Cast,
) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=0)
    url = address(User, "change", cast.bob.pk)
    roles = [Role.ADMIN_AGENT.value, Role.SALES_AGENT.value]
    sent = {**typed(client.get(url)), "display_name": "Robert", "roles": roles}
    sent |= {"limited_to_customers": True, "allowed_customers": [str(cast.contoso.pk)]}
    page = sent_again(client, cast.support, url, sent)
    assert (page.status_code, errors(page)) == (200, {})
    assert User.objects.get(pk=cast.bob.pk).display_name == "Bob"
    form = typed(page)
    assert form == sent
    assert client.get(url).context["adminform"].form.is_bound is False, "it is told once"
    form["allowed_customers"] = str(cast.contoso.pk)
    assert client.post(url, form).status_code == 302
    bob = User.objects.with_roles().get(pk=cast.bob.pk)
    assert (bob.display_name, set(bob.roles)) == ("Robert", set(map(Role, roles)))
    assert list(bob.allowed_customers.all()) == [cast.contoso]


@pytest.mark.parametrize(
    "kind, domain", [("staff", "fabrikam.example"), ("support", "portal.example")]
)
def test_a_new_user_is_back_as_typed_and_added_once(kind: str, domain: str, cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=0)
    url = f"{address(User, 'add')}?kind={kind}"
    sent: dict[str, Any] = {"display_name": "Ada", "user_name": f"ada@{domain}"}
    if kind == "staff":
        sent |= {"partner": str(cast.fabrikam.pk), "roles": [Role.SALES_AGENT.value]}
    page = sent_again(client, cast.support, url, sent)
    assert errors(page) == {}
    assert {**typed(page), **sent} == typed(page)
    assert not User.objects.filter(display_name="Ada").exists()
    assert len(client.post(url, typed(page)).context["slips"]) == 1
    assert User.objects.get(display_name="Ada").username == sent["user_name"]


def test_a_password_that_is_sent_along_is_not_kept(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=LONG_AGO)
    url = f"{address(User, 'add')}?kind=staff"
    assert is_asked(client.post(url, {"display_name": "Ada", "password1": "green-kettle"}))
    kept = repr(dict(client.session))
    assert "display_name=Ada" in kept
    assert "green-kettle" not in kept


def test_the_permissions_that_were_ticked_for_a_group_are_back(cast: Cast) -> None:
    give_app(cast.support)
    client, group = client_of(cast.support, ago=0), Group.objects.create(name="Readers")
    every = sorted(Permission.objects.values_list("pk", flat=True))
    sent = {"name": "All", "permissions": list(map(str, every))}
    page = sent_again(client, cast.support, address(Group, "change", group.pk), sent)
    assert typed(page) == sent
    assert not group.permissions.exists()


def test_an_action_on_staff_is_back_as_a_question_and_has_done_nothing(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=0)
    users = [cast.bob, cast.uma]
    events = AuditEvent.objects.count()
    for action in admin.site._registry[User].get_actions(requested(cast.support)):  # noqa: SLF001
        if action in {"reset_password", "restore"}:
            continue
        sent = {"action": action, "_selected_action": [row.pk for row in users]}
        sent |= {"confirmed": "yes"}
        page = sent_again(client, cast.support, address(User, "changelist"), sent)
        assert {row.pk for row in page.context["rows"]} == {row.pk for row in users}, action
        assert page.context["action"] == action
    sent = {"action": "reset_password", "_selected_action": [cast.bob.pk], "confirmed": "yes"}
    page = sent_again(client, cast.support, address(User, "changelist"), sent)
    assert page.context["epoch"] == cast.bob.session_epoch
    assert AuditEvent.objects.count() == events
    act(client, "block", *users, confirmed="yes")
    act(client, "allow", *users, confirmed="yes")
    assert not User.objects.filter(blocked_at__isnull=False).exists()


def test_no_second_action_in_the_form_hides_the_first(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=LONG_AGO)
    sent = {"action": ["delete_selected", "allow"], "_selected_action": [cast.uma.pk]}
    for index in ({"index": 0}, {"index": "0", "confirmed": "yes"}):
        assert is_asked(client.post(address(User, "changelist"), {**sent, **index}))
    assert User.objects.active().filter(pk=cast.uma.pk).exists()


def test_no_form_of_the_admin_has_a_password_that_could_be_kept(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = False
    client = Client()
    client.force_login(cast.support)
    for model, its_admin in admin.site._registry.items():  # noqa: SLF001
        if its_admin.has_add_permission(requested(cast.support)):
            html = client.get(address(model, "add")).content.decode()
            assert 'type="password"' not in html, model
