"""A partner's account admin looks after integrations in the browser."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from api.models import Token, TokenKind
from api.services.integrations import block_integration, remove_integration
from customers.roles import Role
from tests.accounts.signin.second_steps import prove
from tests.accounts.verbs import fresh
from tests.api.forms.test_integrations import sent
from tests.api.forms.test_tokens import sent as sent_token
from tests.api.tokens import integration, token_of
from tests.factories import StaffFactory
from tests.support.cast import Cast
from tests.support.forms import told

LIST, ADD = reverse("api:integration-list"), reverse("api:integration-add")
PAGES = ("detail", "block", "allow", "remove", "token-add", "secret-add")


def url(name: str, sync: User, *more: int) -> str:
    return reverse(f"api:integration-{name}", args=[sync.pk, *more])


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    prove(client, cast.alice)
    return client


@pytest.fixture
def sync(cast: Cast) -> User:
    return integration(cast.alice, Role.ADMIN_AGENT)


def test_team_and_applications_lead_there(alice: Client) -> None:
    for name in ("accounts:team-list", "applications:application-list"):
        assert f'href="{LIST}"' in alice.get(reverse(name)).content.decode()


def test_the_first_one_is_offered_to_be_added(alice: Client) -> None:
    page = alice.get(LIST)
    assert "No integrations yet" in told(page)
    assert page.content.decode().count(f'href="{ADD}"') == 1


def test_a_new_one_leads_to_its_page(alice: Client, cast: Cast) -> None:
    answer = alice.post(
        ADD,
        sent(roles=["Admin agent", "Sales agent"], reach="some", customers=[str(cast.contoso.pk)]),
    )
    added = fresh(User.objects.get(is_machine=True))
    assert answer["Location"] == url("detail", added)
    assert added.roles == (Role.ADMIN_AGENT, Role.SALES_AGENT)
    page = alice.get(answer["Location"])
    assert "Sync is added. Now give it a token or a secret." in told(page)
    assert str(added.uuid) in told(page)


def test_the_second_of_two_clicks_leads_to_the_first_and_a_namesake_is_refused(
    alice: Client, cast: Cast
) -> None:
    answers = [alice.post(ADD, sent()) for _click in range(2)]
    added = User.objects.get(is_machine=True)
    assert [answer["Location"] for answer in answers] == [url("detail", added)] * 2
    token_of(added, kind=TokenKind.INTEGRATION, actor=cast.alice)
    page = alice.post(ADD, sent(name="SYNC"))
    assert page.context["form"].errors == {"name": ["There is already an integration named SYNC."]}
    assert User.objects.filter(is_machine=True).count() == 1


def test_what_is_wrong_is_said_with_what_was_typed(alice: Client) -> None:
    page = alice.post(ADD, sent(name="Import", roles=[], reach="some"))
    assert set(page.context["form"].errors) == {"roles", "customers"}
    assert 'value="Import"' in page.content.decode()


def test_the_list_says_what_each_is_and_what_ends_soon(
    alice: Client, cast: Cast, sync: User
) -> None:
    limited = integration(cast.alice, Role.SALES_AGENT, name="B", customers=[cast.contoso])
    block_integration(limited, blocked=True, actor=cast.alice)
    token_of(sync, kind=TokenKind.INTEGRATION, days=9, actor=cast.alice)
    token_of(sync, kind=TokenKind.SECRET, actor=cast.alice)
    integration(cast.charlie, Role.SALES_AGENT, name="The neighbor's")
    rows = alice.get(LIST).context["rows"]
    assert [
        (row.integration.display_name, row.roles, row.customers, row.state.label, len(row.tokens))
        for row in rows
    ] == [
        ("B", "Sales agent", "1 customer", "Blocked", 0),
        ("Sync", "Admin agent", "All", "Active", 2),
    ]
    text = told(alice.get(LIST))
    assert "2 Ends in 8 days Never" in text
    assert "neighbor" not in text


def test_the_list_makes_as_many_queries_for_three_as_for_one(
    alice: Client,
    cast: Cast,
    sync: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    with django_assert_max_num_queries(9) as one:
        alice.get(LIST)
    for name in ("B", "C"):
        more = integration(cast.alice, Role.SALES_AGENT, name=name, customers=[cast.contoso])
        token_of(more, kind=TokenKind.INTEGRATION, actor=cast.alice)
    with django_assert_max_num_queries(len(one)):
        alice.get(LIST)


def test_its_page_changes_it(alice: Client, sync: User) -> None:
    seen = alice.get(url("detail", sync)).context["form"].initial["seen"]
    answer = alice.post(url("detail", sync), sent(name="Import", seen=seen))
    assert answer["Location"] == url("detail", sync)
    assert "Display name: Sync → Import" in told(alice.get(url("detail", sync)))
    # What came from the page before is told to look again.
    page = alice.post(url("detail", sync), sent(name="Export", seen=seen))
    assert "Someone else changed this integration" in told(page)
    assert fresh(sync).display_name == "Import"


def test_a_token_and_two_secrets_are_given_and_listed_apart(
    alice: Client, cast: Cast, sync: User
) -> None:
    answer = alice.post(url("token-add", sync), sent_token(key="key-1"))
    token = Token.objects.get()
    assert answer["Location"] == url("token", sync, token.pk)
    assert (token.user, token.made_by, token.kind) == (sync, cast.alice, TokenKind.INTEGRATION)
    assert alice.get(answer["Location"]).context["text"].startswith(token.prefix)
    for number in (2, 3):
        answer = alice.post(url("secret-add", sync), sent_token(key=f"key-{number}", name="S"))
    page = alice.get(answer["Location"])
    assert str(sync.uuid) in told(page)
    assert alice.post(answer["Location"])["Location"] == url("detail", sync)
    page = alice.get(url("detail", sync))
    assert [row.token.name for row in page.context["tokens"]] == ["Nightly"]
    assert [row.token.name for row in page.context["secrets"]] == ["S", "S"]
    assert "There are two, which is as many as it can have." in told(page)
    assert f'href="{url("secret-add", sync)}"' not in page.content.decode()
    page = alice.post(url("secret-add", sync), sent_token(key="key-4"))
    assert "has up to two secrets at a time" in told(page)


def test_its_token_has_no_more_than_its_roles(alice: Client, cast: Cast) -> None:
    helper = integration(cast.alice, Role.HELPDESK_AGENT, customers=[cast.contoso])
    form = alice.get(url("token-add", helper)).context["form"]
    offered = {box.data["value"] for box, _meaning in form.meanings()}
    assert "reset passwords" in offered
    assert "manage users" not in offered
    assert list(form.fields["customers"].queryset) == [cast.contoso]
    page = alice.post(url("token-add", helper), sent_token())
    assert list(page.context["form"].errors) == ["capabilities"]


def test_a_token_is_revoked_after_one_question(alice: Client, cast: Cast, sync: User) -> None:
    token = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice).token
    revoke = url("token-revoke", sync, token.pk)
    assert "Revoke Nightly" in told(alice.get(revoke))
    assert alice.post(revoke)["Location"] == url("detail", sync)
    assert "Nightly was revoked." in told(alice.get(url("detail", sync)))
    assert alice.post(revoke)["Location"] == url("detail", sync)
    assert not Token.objects.living().exists()


def test_blocking_and_allowing_are_asked_once_more(alice: Client, cast: Cast, sync: User) -> None:
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    assert "stop working at once" in told(alice.get(url("block", sync)))
    for _click in range(2):
        assert alice.post(url("block", sync))["Location"] == url("detail", sync)
    page = alice.get(url("detail", sync))
    assert "Blocked since" in told(page)
    assert "No longer valid" in told(page)
    assert f'href="{url("token-add", sync)}"' not in page.content.decode()
    refused = alice.post(url("token-add", sync), sent_token())
    assert "blocked or deleted" in told(refused)
    alice.post(url("allow", sync))
    assert fresh(sync).blocked_at is None


def test_removing_is_asked_once_more_and_a_second_click_is_told(alice: Client, sync: User) -> None:
    assert "can't be undone" in told(alice.get(url("remove", sync)))
    assert alice.post(url("remove", sync))["Location"] == LIST
    assert "Sync was removed." in told(alice.get(LIST))
    for name in PAGES:
        assert alice.post(url(name, sync))["Location"] == LIST
    assert "Sync has been removed." in told(alice.get(LIST))


def test_the_neighbors_integration_and_a_member_of_the_team_are_not_there(
    client: Client, cast: Cast, sync: User
) -> None:
    token = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice).token
    client.force_login(cast.charlie)
    for name in PAGES:
        for ask in (client.get, client.post):
            assert ask(url(name, sync)).status_code == 404
    for name in ("token", "token-revoke"):
        assert client.post(url(name, sync, token.pk)).status_code == 404
    client.force_login(cast.alice)
    for name in PAGES:
        assert client.get(url(name, cast.bob)).status_code == 404


def test_a_token_of_another_user_is_not_an_integrations(
    alice: Client, cast: Cast, sync: User
) -> None:
    token = token_of(cast.alice).token
    for name in ("token", "token-revoke"):
        assert alice.post(url(name, sync, token.pk)).status_code == 404


def test_an_account_admin_of_some_customers_looks_after_none(
    client: Client, cast: Cast, sync: User
) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    client.force_login(limited)
    assert client.get(LIST).status_code == client.get(url("detail", sync)).status_code == 403


def test_with_two_step_sign_in_every_change_asks_for_a_proof(
    client: Client, cast: Cast, sync: User, settings: Settings
) -> None:
    settings.REQUIRE_MFA = True
    token = token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice).token
    client.force_login(cast.alice)
    prove(client, cast.alice, ago=100_000)
    asked = [url(name, sync) for name in PAGES]
    asked += [ADD, url("token", sync, token.pk), url("token-revoke", sync, token.pk)]
    for address in asked:
        for ask in (client.get, client.post):
            assert "authenticate/" in ask(address)["Location"], address
    assert client.get(LIST).status_code == 200
    assert fresh(sync).blocked_at is fresh(sync).deleted_at is None


def test_one_that_is_removed_meanwhile_is_said_to_be(alice: Client, cast: Cast, sync: User) -> None:
    remove_integration(sync, actor=cast.alice)
    assert alice.get(url("detail", sync))["Location"] == LIST
