"""Integrations: looked after as the team is, and nobody signs in as one."""

import pytest
from django.contrib.auth import authenticate
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.services.second_steps import allow_codes, reset_second_factor
from accounts.services.staff import (
    StaffDetails,
    allow_staff,
    block_staff,
    change_staff,
    limit_staff,
    note_password_shown,
    remove_staff,
    reset_staff_password,
)
from accounts.signin.lookup import user_of_id
from api.authentication import narrowing_by
from api.models import TokenKind
from api.services.integrations import (
    add_integration,
    block_integration,
    change_integration,
    remove_integration,
    version_of,
)
from customers.actions import Action
from customers.errors import Refused
from customers.log.history import describe
from customers.models import AuditEvent
from customers.narrowing import narrowed_to
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.api.tokens import integration, token_of
from tests.factories import StaffFactory
from tests.support.admin import act, told
from tests.support.cast import PASSWORD, Cast


def code_of(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)  # type: ignore[operator]
    return refusal.value.code


def last_event() -> AuditEvent:
    return AuditEvent.objects.select_related("names").order_by("-pk")[0]


def test_it_has_roles_and_customers_and_no_password(cast: Cast) -> None:
    sync = fresh(integration(cast.alice, Role.ADMIN_AGENT, customers=[cast.contoso]))
    assert (sync.partner, sync.is_machine, sync.display_name) == (cast.fabrikam, True, "Sync")
    assert sync.roles == (Role.ADMIN_AGENT,)
    assert sync.user_name.endswith("@fabrikam.example")
    assert not sync.has_usable_password()
    assert sync.limited_to_customers
    assert list(sync.allowed_customers.all()) == [cast.contoso]
    event = last_event()
    assert (event.action, event.partner, event.customer) == (
        Action.INTEGRATION_ADDED,
        cast.fabrikam,
        None,
    )
    assert "Permissions: Admin agent" in describe(event)


def test_two_of_a_partner_have_two_names(cast: Cast) -> None:
    integration(cast.alice, Role.SALES_AGENT)
    assert code_of(integration, cast.alice, Role.SALES_AGENT, name=" sync ") == (
        "integration-name-taken"
    )
    assert code_of(integration, cast.alice, Role.SALES_AGENT, name=" ") == "name-missing"
    integration(cast.charlie, Role.SALES_AGENT)
    other = integration(cast.alice, Role.SALES_AGENT, name="Other")
    remove_integration(other, actor=cast.alice)
    integration(cast.alice, Role.SALES_AGENT, name="Other")


def test_some_customers_are_one_at_least_and_the_partners_own(cast: Cast) -> None:
    for customers, code in (([], "no-customer-chosen"), ([cast.adatum], "customer-not-yours")):
        found = code_of(integration, cast.alice, Role.SALES_AGENT, customers=customers)
        assert found == code
    assert not User.objects.filter(is_machine=True).exists()


@pytest.mark.parametrize("who", ["bob", "sally", "gail", "uma", "charlie"])
def test_only_the_own_account_admins_look_after_it(who: str, cast: Cast) -> None:
    sync, actor = integration(cast.alice, Role.SALES_AGENT), getattr(cast, who)
    before = AuditEvent.objects.count()
    for call in (
        lambda: change_integration(
            sync, "Mine", roles=[Role.ACCOUNT_ADMIN], customers=None, actor=actor
        ),
        lambda: block_integration(sync, blocked=True, actor=actor),
        lambda: remove_integration(sync, actor=actor),
    ):
        with pytest.raises(Refused):
            call()
    if who != "charlie":
        with pytest.raises(Refused):
            integration(actor, Role.SALES_AGENT, name="Mine")
    assert AuditEvent.objects.count() == before


def test_support_staff_have_none_of_their_own(cast: Cast) -> None:
    assert code_of(integration, cast.support, Role.SALES_AGENT) == "staff-only"


def test_no_token_manages_integrations(cast: Cast) -> None:
    sync = integration(cast.alice, Role.ACCOUNT_ADMIN)
    with narrowed_to(narrowing_by(token_of(cast.alice).token)):
        assert code_of(integration, cast.alice, Role.SALES_AGENT, name="B") == "token-makes-none"
    assert code_of(remove_integration, sync, actor=sync) == "token-makes-none"
    assert (
        code_of(add_integration, "B", roles=[Role.SALES_AGENT], customers=None, actor=sync)
        == "token-makes-none"
    )


def test_a_change_is_logged_and_one_that_was_overtaken_is_refused(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    seen = version_of(sync)
    changes = change_integration(
        sync,
        "Import",
        roles=[Role.ADMIN_AGENT],
        customers=[cast.contoso],
        actor=cast.alice,
        seen=seen,
    )
    assert set(changes) == {"display_name", "roles", "limited_to_customers", "customers_opened"}
    assert set(describe(last_event())) == {
        "Permissions: Sales agent → Admin agent",
        "Limited to some customers: yes",
        "Customers opened: Contoso",
        "Display name: Sync → Import",
    }
    again = {"roles": [Role.ADMIN_AGENT], "customers": [cast.contoso], "actor": cast.alice}
    assert code_of(change_integration, sync, "Other", **again, seen=seen) == "changed-meanwhile"
    assert change_integration(sync, "Import", **again) == {}  # type: ignore[arg-type]
    assert last_event().action == Action.INTEGRATION_CHANGED


def test_what_was_removed_is_said_to_be(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    remove_integration(sync, actor=cast.alice)
    gone = fresh(sync)
    assert (gone.username, gone.deleted_by, gone.purge_after is not None) == (
        None,
        cast.alice,
        True,
    )
    assert code_of(remove_integration, sync, actor=cast.alice) == "integration-gone"
    assert code_of(block_integration, sync, blocked=True, actor=cast.alice) == "integration-gone"


def test_it_is_never_the_last_account_admin(cast: Cast) -> None:
    integration(cast.alice, Role.ACCOUNT_ADMIN)
    other = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    remove_staff([other], actor=cast.alice)
    assert code_of(block_staff, [cast.alice], actor=cast.support) == "last-account-admin"


def test_it_gets_no_password_and_no_second_step_by_any_verb(cast: Cast) -> None:
    sync = fresh(integration(cast.alice, Role.SALES_AGENT))
    details = StaffDetails(sync.user_name, roles=[Role.ACCOUNT_ADMIN])
    for actor in (cast.alice, cast.support):
        for call in (
            lambda by: reset_staff_password(sync, epoch=sync.session_epoch, actor=by),
            lambda by: note_password_shown(sync, actor=by),
            lambda by: change_staff(sync, details, actor=by),
            lambda by: limit_staff(sync, limited=True, opened=[cast.contoso], actor=by),
            lambda by: remove_staff([sync], actor=by),
            lambda by: reset_second_factor([sync], actor=by),
            lambda by: allow_codes([sync], actor=by),
        ):
            assert code_of(call, actor) == "not-of-integrations"
    after = fresh(sync)
    assert not after.has_usable_password()
    assert (after.roles, after.deleted_at) == ((Role.SALES_AGENT,), None)


def test_support_can_block_it_and_its_tokens_are_void(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    token = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice).token
    assert block_staff([sync], actor=cast.support) == 1
    assert fresh(sync).session_epoch != token.epoch
    assert allow_staff([sync], actor=cast.support) == 1


def test_nobody_signs_in_as_one(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    # As if a row had been written past the services.
    sync.set_password(PASSWORD)
    sync.save(update_fields=["password"])
    request = RequestFactory().post("/accounts/login/")
    assert authenticate(request, username=sync.user_name, password=PASSWORD) is None
    page = Client().post(reverse("account_login"), {"login": sync.user_name, "password": PASSWORD})
    assert page.status_code == 200
    # Nor has one a session, by whatever way it was made.
    assert user_of_id(sync.pk) == sync
    client = Client()
    client.force_login(sync)
    assert client.get("/me/account/")["Location"].startswith("/accounts/login/")


def test_the_pages_of_the_team_know_none(client: Client, cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT, name="Night robot")
    client.force_login(cast.alice)
    for query in ("", "?q=robot", "?sort=-seen"):
        page = client.get(reverse("accounts:team-list") + query)
        assert sync.pk not in {row.user.pk for row in page.context["rows"]}
        assert "Night robot" not in page.content.decode()
    for name in ("detail", "customers", "password", "reset", "second-step", "block", "remove"):
        url = reverse(f"accounts:team-{name}", args=[sync.pk])
        assert [ask(url).status_code for ask in (client.get, client.post)] == [404, 404], name
    # Their activity names it, without a page to lead to.
    page = client.get(reverse("accounts:team-activity"))
    assert "Night robot" in page.content.decode()
    assert reverse("accounts:team-detail", args=[sync.pk]) not in page.content.decode()


@pytest.mark.parametrize("action", ["reset_password", "reset_second_step", "delete_selected"])
def test_the_admin_refuses_what_makes_a_way_in(client: Client, cast: Cast, action: str) -> None:
    sync = fresh(integration(cast.alice, Role.SALES_AGENT))
    client.force_login(cast.support)
    page = act(client, action, sync, confirmed="yes", post="yes", epoch=sync.session_epoch)
    after = fresh(sync)
    assert not after.has_usable_password()
    assert (after.session_epoch, after.deleted_at) == (sync.session_epoch, None)
    assert page.status_code in {302, 403}
    if page.status_code == 302 and action != "delete_selected":
        assert any("integration" in text.lower() for text in told(page))


def test_the_admin_shows_it_apart_and_changes_nothing(client: Client, cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT, name="Night robot")
    client.force_login(cast.support)
    users = reverse("admin:accounts_user_changelist")
    listed = client.get(users, {"kind": "integration"})
    assert [user.pk for user in listed.context["cl"].result_list] == [sync.pk]
    assert "Integration of Fabrikam" in listed.content.decode()
    staff = client.get(users, {"kind": "staff"}).context["cl"].result_list
    assert sync.pk not in {user.pk for user in staff}
    change = reverse("admin:accounts_user_change", args=[sync.pk])
    assert "By tokens alone" in client.get(change).content.decode()
    assert client.post(change, {"display_name": "Mine"}).status_code == 403
