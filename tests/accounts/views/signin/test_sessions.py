"""The pages of one's own sessions: this one first, each ended by a form, nobody else's."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from tests.accounts.signin.second_steps import sign_in, sign_in_elsewhere
from tests.support.cast import PASSWORD, Cast
from tests.support.forms import told
from tests.support.html import problems

LIST = "/accounts/sessions/"


def signed_in(user: User) -> Client:
    """By form, so that the session stands in the list."""
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    client = Client()
    assert sign_in(client, user).status_code == 302
    return client


def row_of(user: User, client: Client) -> UserSession:
    return UserSession.objects.exclude(session_key=client.session.session_key).get(user=user)


def test_this_session_comes_first_whenever_it_began(cast: Cast) -> None:
    client = signed_in(cast.uma)
    sign_in_elsewhere(cast.uma)
    response = client.get(LIST)
    assert [row.is_this for row in response.context["rows"]] == [True, False]
    assert response.context["others"] == 1
    assert problems(response.content.decode()) == []


def test_another_session_is_ended_and_it_is_said(cast: Cast) -> None:
    client = signed_in(cast.uma)
    sign_in_elsewhere(cast.uma)
    url = f"{LIST}{row_of(cast.uma, client).pk}/end/"
    assert "1 session was ended." in told(client.post(url, follow=True))
    assert client.post(url).status_code == 404


def test_to_end_this_one_is_to_sign_out(cast: Cast) -> None:
    client = signed_in(cast.uma)
    own = UserSession.objects.get(user=cast.uma)
    response = client.post(f"{LIST}{own.pk}/end/")
    assert response.headers["Location"] == "/accounts/logout/"


def test_all_others_go_at_once_and_none_is_said_to_be_none(cast: Cast) -> None:
    client = signed_in(cast.uma)
    for _time in range(2):
        sign_in_elsewhere(cast.uma)
    end = f"{LIST}end-others/"
    assert "2 sessions were ended." in told(client.post(end, follow=True))
    assert "No other session is open." in told(client.post(end, follow=True))
    assert client.get("/me/").status_code == 200


def test_those_of_another_user_go_on(cast: Cast) -> None:
    client = signed_in(cast.uma)
    sign_in_elsewhere(cast.gail)
    client.post(f"{LIST}end-others/")
    assert UserSession.objects.filter(user=cast.gail).count() == 1


@pytest.mark.parametrize("page", ["1/end/", "end-others/"])
def test_a_link_ends_nothing(cast: Cast, page: str) -> None:
    assert signed_in(cast.uma).get(f"{LIST}{page}").status_code == 405
