"""Support staff look at tokens, and revoke them."""

from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from api.models import ScimLink, Token, WebhookDelivery
from api.services.tokens import revoke_token
from api.webhook_events import TEST
from customers.actions import Action
from customers.models import AuditEvent
from tests.api.tokens import token_of
from tests.factories import (
    ScimLinkFactory,
    SourceFactory,
    SupportFactory,
    WebhookDeliveryFactory,
)
from tests.support.admin import act, address, told
from tests.support.cast import Cast


def test_it_shows_everything_but_what_a_token_is_known_by(client: Client, cast: Cast) -> None:
    made = token_of(cast.alice, customers=[cast.contoso], networks=["10.0.0.0/8"])
    client.force_login(cast.support)
    for url in (address(Token, "changelist"), address(Token, "change", made.token.pk)):
        page = client.get(url).content.decode()
        assert made.token.prefix in page
        assert made.token.hash not in page
    assert "Contoso" in page
    assert "10.0.0.0/8" in page
    assert "Manage users" in page


def test_it_finds_tokens_by_whose_they_are_and_in_which_state(client: Client, cast: Cast) -> None:
    living, over, revoked = (token_of(cast.alice).token for _number in range(3))
    ended = token_of(cast.bob).token
    User.objects.filter(pk=cast.bob.pk).update(session_epoch=F("session_epoch") + 1)
    Token.objects.filter(pk=over.pk).update(ends_at=timezone.now() - timedelta(days=1))
    revoke_token(revoked, actor=cast.alice)
    client.force_login(cast.support)

    def listed(**query: str) -> set[Token]:
        return set(client.get(address(Token, "changelist"), query).context["cl"].result_list)

    found = [listed(state=state) for state in ("active", "ended", "expired", "revoked")]
    assert found == [{living}, {ended}, {over}, {revoked}]
    page = client.get(address(Token, "changelist"), {"q": "bob"}).content.decode()
    assert '<td class="field-state">No longer valid</td>' in page
    assert listed(q="alice") == {living, over, revoked}
    assert listed(q="charlie") == set()


def test_revoking_is_logged_and_done_once(client: Client, cast: Cast) -> None:
    token = token_of(cast.alice).token
    client.force_login(cast.support)
    for text in ("Revoked: 1.", "Revoked: 0."):
        assert told(act(client, "revoke", token)) == [text]
    event = AuditEvent.objects.get(action=Action.TOKEN_REVOKED)
    assert (event.actor_id, event.target_id) == (cast.support.pk, cast.alice.pk)


def test_nothing_else_is_done_there(client: Client, cast: Cast) -> None:
    token = token_of(cast.alice).token
    client.force_login(cast.support)
    for page in ("add", "delete"):
        url = address(Token, page, *([token.pk] if page == "delete" else []))
        assert client.get(url).status_code == 403
    assert client.post(address(Token, "change", token.pk), {"name": "x"}).status_code == 403


def test_who_may_only_look_revokes_nothing(client: Client, cast: Cast) -> None:
    token = token_of(cast.alice).token
    group = Group.objects.create(name="Readers")
    group.permissions.set(Permission.objects.filter(codename="view_token"))
    reader = SupportFactory.create(is_superuser=False)
    reader.groups.add(group)
    client.force_login(reader)
    assert client.get(reverse("admin:api_token_changelist")).status_code == 200
    act(client, "revoke", token)
    assert Token.objects.living().exists()
    group.permissions.add(
        Permission.objects.get(codename="change_token", content_type__app_label="api")
    )
    act(client, "revoke", token)
    assert not Token.objects.living().exists()


def test_a_link_says_which_fields_are_kept(client: Client, cast: Cast) -> None:
    source = SourceFactory.create(customer=cast.contoso)
    link = ScimLinkFactory.create(
        source=source, user=cast.uma, fields=["display_name", "job_title"]
    )
    client.force_login(cast.support)
    page = client.get(address(ScimLink, "change", link.pk)).content.decode()
    assert "Display name, Job title" in page
    assert "job_title" not in page


def test_deliveries_are_called_by_their_events(client: Client, cast: Cast) -> None:
    WebhookDeliveryFactory.create(kind=Action.USER_BLOCKED)
    WebhookDeliveryFactory.create(kind=TEST)
    WebhookDeliveryFactory.create(kind="user.beamed")
    client.force_login(cast.support)
    page = client.get(address(WebhookDelivery, "changelist"), headers={"Accept-Language": "de"})
    html = page.content.decode()
    for event in ("Anmeldung blockiert", "Test", "user.beamed"):
        assert f">{event}</a>" in html
