"""Temporary passwords of staff: for the user who had them made alone, until Done."""

from http import HTTPStatus

from django.test import Client

from accounts.models import User
from customers.actions import Action
from customers.models import AuditEvent
from customers.roles import Role
from tests.accounts.views.team.members import add, address, shown_password
from tests.factories import StaffFactory
from tests.support.cast import Cast
from tests.support.forms import read, told, words
from tests.support.html import problems


def test_added_staff_are_shown_with_a_password_until_done(alice: Client, cast: Cast) -> None:
    response = add(alice)
    dora = User.objects.get(username="dora@fabrikam.example")
    url = address(dora, "password")
    assert response.headers["Location"] == url
    html = read(alice, url)
    assert problems(html) == []
    password = shown_password(alice, url)
    assert password == shown_password(alice, url), "a reload loses nothing"
    assert "There is a temporary password to hand over" in words(read(alice, address(dora)))
    assert Client().login(username=dora.user_name, password=password)
    assert alice.post(url).headers["Location"] == address(dora)
    assert "is no longer here" in told(alice.get(url, follow=True))
    shown = AuditEvent.objects.filter(action=Action.PASSWORD_SHOWN, target_id=dora.pk)
    assert shown.count() == 3


def test_a_password_is_there_for_the_user_who_had_it_made_alone(alice: Client, cast: Cast) -> None:
    add(alice)
    dora = User.objects.get(username="dora@fabrikam.example")
    other = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    stranger = Client()
    stranger.force_login(other)
    assert stranger.get(address(dora, "password")).status_code == HTTPStatus.FOUND
    password = shown_password(alice, address(dora, "password"))
    session = alice.session
    assert password not in str(dict(session.items()))
    # A later reset makes the first password worthless, and it is not offered any more.
    stranger.post(address(dora, "reset"), {"epoch": "0"})
    assert alice.get(address(dora, "password")).status_code == HTTPStatus.FOUND
    assert stranger.get(address(dora, "password")).status_code == HTTPStatus.OK
