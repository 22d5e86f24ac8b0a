"""My apps: what is open, what is not, and where one is signed in."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from applications.models import Application, AppSession
from applications.oidc.views.authorize import no_entry
from tests.applications.conftest import Chat
from tests.factories import ApplicationFactory, AppSessionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.pages import names

ME = reverse("applications:my-apps")


@pytest.fixture
def uma(client: Client, cast: Cast) -> Client:
    client.force_login(cast.uma)
    return client


def shown(client: Client) -> tuple[list[str], list[str]]:
    """The names of what is open, and of what is not."""
    context = client.get(ME).context
    return (
        [row.name for row in context["opened"]],
        [tile.application.name for tile in context["closed"]],
    )


def text_of(client: Client) -> str:
    content = client.get(ME).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content)).replace("&#x27;", "'")


def test_the_day_of_a_user_begins_with_what_can_be_opened(uma: Client, chat: Chat) -> None:
    assert uma.get("/").headers["Location"] == ME
    page = uma.get(ME).content.decode()
    assert f'<a class="tile" href="{chat.application.start_url}">' in page


def test_what_is_open_and_what_is_not_follows_the_license(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.uma)
    assert shown(client) == (["Team Chat"], [])
    client.force_login(cast.gail)
    assert shown(client) == ([], ["Team Chat"])
    assert "You need a license with this service: Chat (Teams). Ask Fabrikam." in (text_of(client))
    client.force_login(UserFactory.create(customer=cast.contoso))
    assert "Ask Gail." in text_of(client)


def test_applications_of_others_are_not_even_named(uma: Client, cast: Cast, chat: Chat) -> None:
    ApplicationFactory.create(partner=cast.litware, name="Litware's")
    ApplicationFactory.create(partner=cast.fabrikam, name="Northwind's", only=[cast.northwind])
    assert shown(uma) == (["Team Chat"], [])
    assert not re.search("Litware's|Northwind's", text_of(uma))


def test_without_any_application_the_account_is_offered(uma: Client) -> None:
    assert shown(uma) == ([], [])
    assert "No applications yet" in text_of(uma)


def test_staff_and_support_staff_are_led_to_their_account(client: Client, cast: Cast) -> None:
    for user in (cast.alice, cast.support):
        client.force_login(user)
        assert client.get(ME).headers["Location"] == reverse("accounts:me")


def test_one_signs_out_of_an_application_from_here(uma: Client, cast: Cast, chat: Chat) -> None:
    session = AppSessionFactory.create(application=chat.application, user=cast.uma)
    assert list(uma.get(ME).context["sessions"]) == [session]
    answer = uma.post(reverse("applications:session-end", args=[session.pk]))
    assert answer.headers["Location"] == ME
    assert "You are signed out of Team Chat." in text_of(uma)
    assert not AppSession.objects.standing().exists()
    assert list(uma.get(ME).context["sessions"]) == []


def test_the_page_of_sessions_lists_applications_too_and_ends_them(
    uma: Client, cast: Cast, chat: Chat
) -> None:
    listed = reverse("accounts:session-list")
    session = AppSessionFactory.create(application=chat.application, user=cast.uma)
    AppSessionFactory.create(application=chat.application, user=cast.gail)
    [card] = uma.get(listed).context["cards"]
    assert card.context["sessions"] == [session]
    end = reverse("applications:session-end", args=[session.pk])
    assert end in uma.get(listed).text
    answer = uma.post(end, {"back": "sessions"}, follow=True)
    assert answer.redirect_chain == [(listed, 302)]
    assert "You are signed out of Team Chat." in answer.text
    assert answer.context["cards"] == []


def test_nobody_ends_anothers_session(uma: Client, cast: Cast, chat: Chat) -> None:
    other = AppSessionFactory.create(application=chat.application, user=cast.gail)
    for pk in (other.pk, 8_000_000_000):
        assert uma.post(reverse("applications:session-end", args=[pk])).status_code == 404
    assert AppSession.objects.standing().exists()


def test_many_applications_cost_no_more_queries_than_few(
    uma: Client, cast: Cast, chat: Chat, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def more() -> None:
        opened = ApplicationFactory.create(partner=cast.fabrikam, opened_by=[chat.plan])
        AppSessionFactory.create(application=opened, user=cast.uma)
        ApplicationFactory.create(partner=cast.fabrikam, opened_by=[], everyone=False)

    more()
    with django_assert_max_num_queries(15) as few:
        uma.get(ME)
    more()
    more()
    with django_assert_max_num_queries(len(few)):
        uma.get(ME)


def test_the_page_of_a_refusal_says_what_is_missing(client: Client, cast: Cast, chat: Chat) -> None:
    client.force_login(cast.gail)
    request = client.get(ME).wsgi_request
    gail = User.objects.with_roles().get(pk=cast.gail.pk)
    answer = no_entry(request, gail, Application.objects.get())
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "You can't open Team Chat" in page.replace("&#x27;", "'")
    assert "You need a license with this service: Chat (Teams)." in page
    assert chat.application.start_url not in page


def test_my_account_is_one_click_away(uma: Client) -> None:
    assert "accounts:me" in names()
    assert f'href="{reverse("accounts:me")}"' in uma.get(ME).content.decode()
