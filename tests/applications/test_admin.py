"""What support staff see of applications, and may do."""

from allauth.idp.oidc.models import Client as OIDCClient
from allauth.idp.oidc.models import Token
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client

from applications.models import Application, AppSession, Provision, ProvisionState
from tests.applications.conftest import Chat
from tests.factories import (
    AppSessionFactory,
    ProvisionFactory,
    ProvisioningFactory,
    SupportFactory,
)
from tests.support.admin import act, address, told
from tests.support.cast import Cast


def test_no_page_of_allauths_writes_past_the_services() -> None:
    assert not admin.site.is_registered(OIDCClient)
    assert not admin.site.is_registered(Token)


def test_support_staff_look_at_an_application_and_change_nothing(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.support)
    its_page = address(Application, "change", chat.application.pk)
    page = client.get(its_page).content.decode()
    assert "Chat (Teams)" in page
    assert client.post(its_page, {"name": "Other"}).status_code == 403
    assert Application.objects.get().name == "Team Chat"
    added = client.get(address(Application, "add"))
    assert added.status_code == 403


def test_support_staff_stop_an_application_and_let_it_go_on(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.support)
    assert told(act(client, "switch_off", chat.application)) == ["Switched off: 1."]
    assert not Application.objects.get().is_on
    assert told(act(client, "switch_off", chat.application)) == ["Switched off: 0."]
    assert told(act(client, "switch_on", chat.application)) == ["Switched on: 1."]
    assert Application.objects.get().is_on


def test_who_may_only_look_switches_nothing(client: Client, chat: Chat) -> None:
    viewer = SupportFactory.create(local_part="vera", is_superuser=False)
    viewer.user_permissions.add(Permission.objects.get(codename="view_application"))
    client.force_login(viewer)
    act(client, "switch_off", chat.application)
    assert Application.objects.get().is_on


def test_a_session_is_shown_without_what_it_is_known_by(
    client: Client, cast: Cast, chat: Chat
) -> None:
    session = AppSessionFactory.create(
        application=chat.application, user=cast.uma, session_key_hash="hash-of-key"
    )
    client.force_login(cast.support)
    for where in (
        address(AppSession, "changelist"),
        address(AppSession, "change", session.pk),
    ):
        page = client.get(where)
        assert page.status_code == 200
        assert "Team Chat" in page.content.decode()
        assert session.sid not in page.content.decode()
        assert "hash-of-key" not in page.content.decode()


def test_accounts_are_shown_with_state_and_reason_and_without_the_token(
    client: Client, cast: Cast, chat: Chat
) -> None:
    there = ProvisioningFactory.create(application=chat.application, problem="No answer in time.")
    account = ProvisionFactory.create(
        application=chat.application,
        user=cast.uma,
        state=ProvisionState.FAILED,
        reason="Taken there.",
        sent="hash-of-what-was-sent",
    )
    gone = ProvisionFactory.create(application=chat.application, user=cast.gail)
    Provision.objects.filter(pk=gone.pk).update(user_id=8_000_000)
    client.force_login(cast.support)
    for row, told_of in ((there, "No answer in time."), (account, "Taken there.")):
        for name, args in (("changelist", ()), ("change", (row.pk,))):
            page = client.get(address(type(row), name, *args))
            assert told_of in page.text
            assert there.sealed_token not in page.text
            assert account.sent not in page.text
        assert client.post(address(type(row), "change", row.pk), {}).status_code == 403
    rows = address(Provision, "changelist")
    assert "A permanently deleted user" in client.get(rows).text
    found = client.get(rows, {"q": "uma@contoso"}).context["cl"].queryset
    assert list(found) == [account]
    assert list(client.get(rows, {"state": "failed"}).context["cl"].queryset) == [account]
