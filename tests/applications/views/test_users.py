"""Where a user is signed in, on the user's page, and signing the user out everywhere."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from applications.models import AppSession
from applications.views.users import SHOWN, sessions_card
from customers.models import AuditEvent
from tests.applications.conftest import Chat
from tests.factories import AppSessionFactory
from tests.support.cast import Cast


def page_of(client: Client, cast: Cast, user: User) -> str:
    address = reverse("accounts:user-detail", args=[cast.contoso.pk, user.pk])
    return client.get(address).content.decode()


def sign_out(cast: Cast, user: User) -> str:
    return reverse("applications:user-sign-out", args=[cast.contoso.pk, user.pk])


def test_staff_see_where_a_user_has_signed_in_and_whether_it_stands(
    client: Client, cast: Cast, chat: Chat
) -> None:
    client.force_login(cast.alice)
    assert "Team Chat" not in page_of(client, cast, cast.uma)
    AppSessionFactory.create(application=chat.application, user=cast.uma)
    page = page_of(client, cast, cast.uma)
    assert ("Team Chat" in page, "Signed in" in page, "Signed out" in page) == (True, True, False)
    User.objects.filter(pk=cast.uma.pk).update(session_epoch=5)
    page = page_of(client, cast, cast.uma)
    assert ("Signed in" in page, "Signed out" in page) == (False, True)
    assert "Team Chat" not in page_of(client, cast, cast.gail)


def test_who_may_manage_users_gets_the_button(client: Client, cast: Cast, chat: Chat) -> None:
    AppSessionFactory.create(application=chat.application, user=cast.uma)
    offered = []
    for user in (cast.alice, cast.gail, cast.bob):
        client.force_login(user)
        offered.append(sign_out(cast, cast.uma) in page_of(client, cast, cast.uma))
    assert offered == [True, True, False]


def test_nobody_gets_the_button_for_oneself(client: Client, cast: Cast, chat: Chat) -> None:
    AppSessionFactory.create(application=chat.application, user=cast.gail)
    client.force_login(cast.gail)
    page = page_of(client, cast, cast.gail)
    assert ("Team Chat" in page, sign_out(cast, cast.gail) in page) == (True, False)


def test_the_last_sign_ins_are_shown_and_no_more(cast: Cast, chat: Chat) -> None:
    for _time in range(SHOWN + 2):
        AppSessionFactory.create(application=chat.application, user=cast.uma)
    card = sessions_card(cast.uma, cast.alice)
    assert card is not None
    assert len(card.context["sessions"]) == SHOWN


def test_sign_out_everywhere_is_asked_once_more_and_tells_why(
    client: Client, cast: Cast, chat: Chat
) -> None:
    AppSessionFactory.create(application=chat.application, user=cast.uma)
    hers = Client()
    hers.force_login(User.objects.get(pk=cast.uma.pk))
    client.force_login(cast.alice)
    assert "on all devices" in client.get(sign_out(cast, cast.uma)).content.decode()
    assert hers.get("/me/").status_code == 200
    answer = client.post(sign_out(cast, cast.uma), {"reason": "Ticket 7"})
    assert answer.headers["Location"] == reverse(
        "accounts:user-detail", args=[cast.contoso.pk, cast.uma.pk]
    )
    assert "Uma is signed out everywhere." in page_of(client, cast, cast.uma)
    assert hers.get("/me/").status_code == 302
    assert not AppSession.objects.standing().exists()
    assert AuditEvent.objects.latest("pk").reason == "Ticket 7"


def test_a_reason_that_can_not_be_kept_is_asked_for_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    answer = client.post(sign_out(cast, cast.uma), {"reason": "x" * 300})
    assert answer.status_code == 200
    assert not AuditEvent.objects.exists()


def test_a_user_who_is_gone_meanwhile_is_a_404(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    address = reverse("applications:user-sign-out", args=[cast.contoso.pk, 8_000_000_000])
    assert client.get(address).status_code == client.post(address).status_code == 404
