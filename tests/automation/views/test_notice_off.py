"""The link that ends emails: by one click of who has the email, and by nobody's mere look."""

import re
from datetime import timedelta
from email.message import EmailMessage
from http import HTTPStatus
from urllib.parse import urlsplit

from django.test import Client

from accounts.models import User
from automation.models import LetterChannel, NoticeKind
from automation.notice_choices import DEFAULTS, Channels, choices_of
from automation.services.letters import send_letters
from automation.switching_off import SwitchOff, path_of
from tests.automation.services.told import at, told
from tests.support.cast import Cast

NOON = at("2027-03-01 12:00")
KIND = NoticeKind.SILENT


def test_the_header_of_an_email_ends_such_emails_without_a_sign_in(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    """As a mail program does: one POST, without a cookie or a look before."""
    told(cast.alice, KIND, NOON)
    send_letters(NOON + timedelta(minutes=1))
    [mail] = mailbox
    address = mail["List-Unsubscribe"].strip().strip("<>")
    assert address in mail.get_content()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(urlsplit(address).path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == HTTPStatus.OK
    assert choices_of(cast.alice.pk) == {**DEFAULTS, KIND: Channels()}
    told(cast.alice, KIND, NOON, "two")
    assert send_letters(NOON + timedelta(minutes=5)) == 0


def test_a_look_ends_nothing_and_the_button_does_once(cast: Cast) -> None:
    address = path_of(SwitchOff(cast.alice.pk, LetterChannel.AT_ONCE, KIND))
    client = Client(enforce_csrf_checks=True)
    for _scanner in range(2):
        shown = client.get(address).content.decode()
        assert re.search(r"<button[^>]*>Stop these emails</button>", shown)
    assert choices_of(cast.alice.pk) == DEFAULTS
    assert "Stopped: Sources and applications gone silent" in client.post(address).content.decode()
    assert "These emails are off" in client.post(address).content.decode()
    again = client.get(address).content.decode()
    assert "These emails are off" in again
    assert "<button" not in again.split('<main id="main"')[1]


def test_it_works_for_one_who_has_something_to_do_first(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.alice.pk).update(must_change_password=True)
    client.force_login(User.objects.get(pk=cast.alice.pk))
    address = path_of(SwitchOff(cast.alice.pk, LetterChannel.DAILY))
    assert client.get(address).status_code == HTTPStatus.OK
    assert "Stopped: Daily email." in client.post(address).content.decode()


def test_another_users_link_is_of_that_user_whoever_is_signed_in(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.charlie)
    client.post(path_of(SwitchOff(cast.alice.pk, LetterChannel.DAILY)))
    assert choices_of(cast.charlie.pk) == DEFAULTS
    assert not choices_of(cast.alice.pk)[NoticeKind.SEATS].daily


def test_a_link_that_is_not_ours_is_none(client: Client, db: None) -> None:
    good = path_of(SwitchOff(1, LetterChannel.DAILY))
    for address in (good[:-5] + "/", "/notices/off/nonsense/"):
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND
        assert client.post(address).status_code == HTTPStatus.NOT_FOUND


def test_of_somebody_who_is_gone_all_is_off(client: Client, db: None) -> None:
    address = path_of(SwitchOff(9_000_000_000, LetterChannel.DAILY))
    assert "These emails are off" in client.get(address).content.decode()
    assert "These emails are off" in client.post(address).content.decode()
