"""A form that was sent after the session was over: signed in again, a user sends it once more."""

from django.test import Client

from accounts.models import User
from tests.support.cast import PASSWORD, Cast
from tests.support.forms import fields, read, words
from tests.support.html import problems

LOGIN, KEPT = "/accounts/login/", "/accounts/kept-form/"


def signed_in_by_password(cast: Cast, user: User) -> Client:
    cast.gives_password(user)
    client = Client()
    sign_in(client, user)
    return client


def sign_in(client: Client, user: User, **more: str) -> str:
    sent = {"login": user.user_name, "password": PASSWORD, **more}
    response = client.post(LOGIN, sent)
    return str(response.headers["Location"])


def end_session(client: Client) -> None:
    """As when its time is over: the browser keeps its other cookies."""
    del client.cookies["sessionid"]


def lost(cast: Cast, client: Client, **sent: str) -> str:
    """Send a change of Uma's department without a session; the address that this leads to."""
    page = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    form = {**fields(read(client, page)), **{name: [value] for name, value in sent.items()}}
    end_session(client)
    return str(client.post(page, form).headers["Location"])


def test_the_same_user_signs_in_and_sends_it_again(cast: Cast) -> None:
    client = signed_in_by_password(cast, cast.alice)
    address = lost(cast, client, department="Research & <b>")
    assert address == f"{LOGIN}?next={KEPT}"
    text = words(read(client, address))
    assert "Sign in with the same account: your entries are kept for 30 minutes." in text
    assert sign_in(client, cast.alice, next=KEPT) == KEPT
    html = read(client, KEPT)
    assert "Department Research & <b>" in words(html)
    assert problems(html) == []
    response = client.post(KEPT, fields(html), follow=True)
    assert response.redirect_chain[0][1] == 307
    assert User.objects.get(pk=cast.uma.pk).department == "Research & <b>"
    assert client.get(KEPT).headers["Location"] == "/"


def test_another_user_on_this_device_sees_nothing_of_it(cast: Cast) -> None:
    client = signed_in_by_password(cast, cast.alice)
    lost(cast, client, department="Research")
    cast.gives_password(cast.bob)
    assert sign_in(client, cast.bob, next=KEPT) == KEPT
    assert client.get(KEPT).headers["Location"] == "/"
    assert client.post(KEPT, {"department": "Research"}).headers["Location"] == "/"


def test_a_form_in_an_old_tab_can_be_sent_again_by_whoever_signed_in_since(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    client.force_login(cast.alice)
    page = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    form = {**fields(read(client, page)), "department": ["Research"]}
    stale = client.post(page, {**form, "csrfmiddlewaretoken": ["a" * 64]})
    assert stale.status_code == 403
    assert "Send your entries again to save them." in words(stale.text)
    assert problems(stale.text) == []
    again = fields(stale.text)
    assert client.post(page, again).status_code == 302
    assert User.objects.get(pk=cast.uma.pk).department == "Research"
