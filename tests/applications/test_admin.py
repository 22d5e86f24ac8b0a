"""What support staff see of applications, and may do."""

from typing import Any

import pytest
from allauth.idp.oidc.models import Client as OIDCClient
from allauth.idp.oidc.models import Token
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models.signals import post_save
from django.test import Client

from applications.models import Application, AppSession, Provision, ProvisionState
from customers.actions import Action
from customers.models import AuditEvent
from tests.applications.conftest import Chat
from tests.factories import (
    AppSessionFactory,
    ProductFactory,
    ProvisionFactory,
    ProvisioningFactory,
    SupportFactory,
)
from tests.support.admin import act, address, errors, told, typed
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


def new_application(client: Client, cast: Cast, chat: Chat) -> dict[str, Any]:
    """What the form sends of a second application of Fabrikam's, which the same service opens."""
    page = client.get(address(Application, "add"))
    return typed(page) | {
        "partner": cast.fabrikam.pk,
        "name": "Files",
        "icon": "folder2-open",
        "start_url": "https://files.example/",
        "services": [chat.plan.pk],
        "customer_domains": "contoso.example",
        "redirect_uris": "https://files.example/a\nhttps://files.example/b",
        "logout_uri": "https://files.example/logout",
        "extra_claims": ["department"],
    }


def test_support_staff_register_an_application_and_see_its_secret_once(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.support)
    answer = client.post(address(Application, "add"), new_application(client, cast, chat))
    application = Application.objects.get(name="Files")
    oidc = application.client
    assert oidc is not None
    secret = answer.context["secret"]
    assert oidc.check_secret(secret)
    assert (secret in answer.text, oidc.pk in answer.text) == (True, True)
    assert "no-store" in answer["Cache-Control"]
    assert (application.partner, application.icon) == (cast.fabrikam, "folder2-open")
    assert list(application.plans.all()) == [chat.plan]
    assert (application.everyone, application.all_customers) == (False, False)
    assert list(application.customers.all()) == [cast.contoso]
    assert oidc.get_redirect_uris() == ["https://files.example/a", "https://files.example/b"]
    assert application.logout_uri == "https://files.example/logout"
    assert (application.needs_pkce, application.extra_claims) == (True, ["department"])
    event = AuditEvent.objects.get(action=Action.APPLICATION_ADDED)
    assert (event.actor_id, event.target_id) == (cast.support.pk, application.pk)
    page = client.get(address(Application, "change", application.pk))
    assert secret not in page.text


def test_the_second_of_two_clicks_shows_the_secret_of_the_first_until_done(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.support)
    sent = new_application(client, cast, chat)
    first, second = (client.post(address(Application, "add"), sent) for _click in range(2))
    application = Application.objects.get(name="Files")
    assert second.context["secret"] == first.context["secret"]
    assert (second.context["client_id"], second.context["subtitle"]) == (
        application.client_id,
        "Files",
    )
    assert "no-store" in second["Cache-Control"]
    # Nor other facts, of which nothing would become.
    for facts in ({"everyone": "on"}, {"redirect_uris": "https://files.example/c"}, {"icon": ""}):
        page = client.post(address(Application, "add"), sent | facts)
        assert "name" in errors(page)
    # Another partner's, or another name that is taken, is no second click.
    other = client.post(address(Application, "add"), sent | {"name": "Team Chat"})
    assert "There is an application of this name already." in " ".join(errors(other)["name"])
    # Done leads to its page; after that nothing shows the secret.
    assert client.get(second.context["next_url"]).status_code == 200
    third = client.post(address(Application, "add"), sent)
    assert "There is an application of this name already." in " ".join(errors(third)["name"])
    assert second.context["secret"] not in third.text


def test_who_is_signed_out_in_that_moment_registers_nothing(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.support)
    sent = new_application(client, cast, chat)

    def sign_out(**_more: object) -> None:
        client.session.delete()

    post_save.connect(sign_out, sender=Application)
    try:
        answer = client.post(address(Application, "add"), sent)
    finally:
        post_save.disconnect(sign_out, sender=Application)
    assert answer.status_code == 400
    assert not Application.objects.filter(name="Files").exists()


def test_the_first_click_of_someone_else_shows_nothing(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.support)
    sent = new_application(client, cast, chat)
    secret = client.post(address(Application, "add"), sent).context["secret"]
    other = Client()
    other.force_login(SupportFactory.create(local_part="sam"))
    answer = other.post(address(Application, "add"), sent)
    assert "There is an application of this name already." in " ".join(errors(answer)["name"])
    assert secret not in answer.text


def test_a_public_application_for_everyone_has_no_secret_to_show(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.support)
    sent = new_application(client, cast, chat)
    sent |= {"everyone": "on", "is_public": "on", "services": [], "customer_domains": ""}
    answer = client.post(address(Application, "add"), sent)
    assert answer["Location"] == address(Application, "changelist")
    application = Application.objects.get(name="Files")
    assert application.client is not None
    assert application.client.type == OIDCClient.Type.PUBLIC
    assert (application.everyone, application.all_customers) == (True, True)


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"name": "Team Chat"}, "name", "There is an application of this name already."),
        ({"services": []}, "services", "Choose a service plan that opens it"),
        ({"start_url": "http://files.example/"}, "start_url", "https://"),
        ({"redirect_uris": "https://files.example/#x"}, "redirect_uris", "#"),
        ({"logout_uri": "https://10.0.0.1/"}, "logout_uri", "inside of a network"),
        ({"logout_uri": "HTTPS://10.0.0.1/"}, "logout_uri", "inside of a network"),
        ({"customer_domains": "adatum.example"}, "customer_domains", "No customer of Fabrikam"),
    ],
)
def test_what_can_not_be_is_told_at_its_field(
    client: Client, cast: Cast, chat: Chat, changes: dict[str, Any], field: str, said: str
) -> None:
    client.force_login(cast.support)
    sent = new_application(client, cast, chat) | changes
    answer = client.post(address(Application, "add"), sent)
    assert said in " ".join(errors(answer)[field])
    assert Application.objects.count() == 1


def test_services_of_another_partner_open_nothing(client: Client, cast: Cast, chat: Chat) -> None:
    theirs = ProductFactory.create(partner=cast.litware, plans=["THEIRS"])
    client.force_login(cast.support)
    sent = new_application(client, cast, chat) | {"services": [theirs.plans.get().pk]}
    answer = client.post(address(Application, "add"), sent)
    assert "your own partner" in " ".join(errors(answer)["services"])
    sent |= {"partner": cast.litware.pk, "customer_domains": "contoso.example"}
    answer = client.post(address(Application, "add"), sent)
    assert "No customer of Litware" in " ".join(errors(answer)["customer_domains"])
    assert Application.objects.count() == 1


def test_who_may_only_look_registers_nothing(client: Client, cast: Cast, chat: Chat) -> None:
    viewer = SupportFactory.create(local_part="vera", is_superuser=False)
    viewer.user_permissions.add(Permission.objects.get(codename="view_application"))
    client.force_login(viewer)
    assert client.get(address(Application, "add")).status_code == 403
    assert client.post(address(Application, "add"), {"name": "Files"}).status_code == 403


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
