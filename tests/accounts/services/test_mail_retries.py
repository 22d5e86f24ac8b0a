"""What a mail server puts off is tried again while the sheet is there, and never sent twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from accounts.models import CredentialSheet, Delivery, DeliveryState, MailTo, User
from accounts.services.credentials import slips_of
from accounts.services.mail import deliver_sheet, mail_sheet, requeue_deliveries
from accounts.services.sending import PAUSES
from accounts.services.users import reset_passwords
from tests.accounts.services.mailing import make_sheet, put_off, send, states, with_address
from tests.factories import UserFactory
from tests.patience import wait_for
from tests.support.cast import Cast, make_cast
from tests.support.servers import MailServer, Worker

GREY = "450 4.2.0 <p0@mail.example>: Greylisted, try later"
LATER = "The mail server asked to try later (450 4.2.0 … Greylisted, try later)."


def in_minutes(moment: datetime | None) -> float:
    assert moment
    return (moment - timezone.now()).total_seconds() / 60


def let_pass(minutes: float) -> None:
    """So much time goes by for all mails that wait."""
    Delivery.objects.update(waiting_since=F("waiting_since") - timedelta(minutes=minutes))


def test_what_is_put_off_is_sent_later_and_the_others_at_once(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    mail_server.refusals["p0@mail.example"] = [GREY, GREY]
    sheet = make_sheet(cast, *with_address(cast, 2))

    assert send(sheet, MailTo.USER, cast) == 1
    assert states(sheet) == [(DeliveryState.WAITING, LATER), (DeliveryState.SENT, "")]
    put_off = sheet.deliveries.order_by("pk")[0]
    assert put_off.tries == 1
    assert 0 < in_minutes(put_off.next_try_at) <= PAUSES[0]
    assert (deliver_sheet(sheet.pk), requeue_deliveries()) == (0, 0)

    let_pass(PAUSES[0])
    assert requeue_deliveries() == 1
    assert deliver_sheet(sheet.pk) == 0
    put_off.refresh_from_db()
    assert put_off.tries == 2
    assert PAUSES[0] < in_minutes(put_off.next_try_at) <= PAUSES[1]

    let_pass(PAUSES[1])
    assert deliver_sheet(sheet.pk) == 1
    assert states(sheet) == [(DeliveryState.SENT, "")] * 2
    assert [message["To"] for message in mailbox] == ["p1@mail.example", "p0@mail.example"]
    assert deliver_sheet(sheet.pk) == requeue_deliveries() == 0


def test_what_is_refused_for_good_waits_for_a_hand(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    mail_server.refusals["p0@mail.example"] = ["550 5.1.1 No such mailbox"]
    sheet = make_sheet(cast, *with_address(cast, 1))
    assert send(sheet, MailTo.USER, cast) == 0
    reason = "The mail server refused it (550 5.1.1 No such mailbox)."
    assert states(sheet) == [(DeliveryState.FAILED, reason)]
    let_pass(24 * 60)
    assert (requeue_deliveries(), deliver_sheet(sheet.pk)) == (0, 0)
    assert send(sheet, MailTo.USER, cast) == 1
    assert states(sheet) == [(DeliveryState.SENT, "")]


def test_a_server_that_is_away_puts_all_mails_off_at_once(
    cast: Cast, mailbox: list[EmailMessage], settings: Settings
) -> None:
    sheet = put_off(3, cast, settings)
    assert set(sheet.deliveries.values_list("tries", flat=True)) == {1}
    let_pass(PAUSES[0])
    assert deliver_sheet(sheet.pk) == 3


def test_a_server_that_hangs_is_not_waited_for_by_each_mail(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 1
    mail_server.silent_at = "RCPT"
    sheet = make_sheet(cast, *with_address(cast, 3))
    assert send(sheet, MailTo.USER, cast) == 0
    reason = "The mail server did not answer in time."
    assert states(sheet) == [(DeliveryState.WAITING, reason)] * 3
    assert len(mail_server.asked) <= 1
    mail_server.silent_at = ""
    let_pass(PAUSES[0])
    assert deliver_sheet(sheet.pk) == 3
    assert len(mailbox) == 3


def test_what_may_have_arrived_is_not_sent_twice(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 5
    mail_server.silent_at = "DATA"
    sheet = make_sheet(cast, *with_address(cast, 1))
    assert send(sheet, MailTo.USER, cast) == 0
    [(state, reason)] = states(sheet)
    assert (state, len(mailbox)) == (DeliveryState.FAILED, 1)
    assert "it may have arrived" in reason
    mail_server.silent_at = ""
    let_pass(24 * 60)
    assert (requeue_deliveries(), deliver_sheet(sheet.pk), len(mailbox)) == (0, 0, 1)


def test_a_mail_that_came_over_and_was_not_taken_is_tried_again(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    sheet = make_sheet(cast, *with_address(cast, 1))
    [slip] = slips_of(sheet)
    mail_server.data_refusals.append(f"451 4.7.1 {slip.password} looks like spam")
    assert send(sheet, MailTo.USER, cast) == 0
    assert states(sheet) == [
        (DeliveryState.WAITING, "The mail server asked to try later (451 4.7.1).")
    ]
    let_pass(PAUSES[0])
    assert deliver_sheet(sheet.pk) == 1


def test_the_passwords_end_ends_the_tries(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    mail_server.refusals["p0@mail.example"] = [GREY]
    sheet = make_sheet(cast, *with_address(cast, 1))
    CredentialSheet.objects.filter(pk=sheet.pk).update(
        expires_at=timezone.now() + timedelta(seconds=50)
    )
    assert send(sheet, MailTo.USER, cast) == 0
    expected = f"{LATER} The passwords are destroyed before the next try."
    assert states(sheet) == [(DeliveryState.FAILED, expected)]


def test_pauses_grow_up_to_an_hour(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    mail_server.refusals["p0@mail.example"] = [GREY] * 20
    sheet = make_sheet(cast, *with_address(cast, 1))
    mail_sheet(sheet, MailTo.USER, actor=cast.alice)
    for pause in (*PAUSES, PAUSES[-1], PAUSES[-1]):
        deliver_sheet(sheet.pk)
        assert pause - 1 < in_minutes(sheet.deliveries.get().next_try_at) <= pause
        let_pass(pause)


def test_what_is_put_off_can_be_tried_at_once_by_hand(
    cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    mail_server.refusals["alice@fabrikam.example"] = [GREY]
    sheet = make_sheet(cast, cast.uma)
    assert send(sheet, MailTo.SELF, cast) == 0
    assert send(sheet, MailTo.SELF, cast) == 1
    assert (states(sheet), sheet.deliveries.get().tries) == ([(DeliveryState.SENT, "")], 0)


def test_a_password_goes_neither_to_its_own_mailbox_nor_to_one_that_waits(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    own = UserFactory.create(customer=cast.contoso, local_part="own")
    other = UserFactory.create(customer=cast.contoso, local_part="other")
    for user in (own, other):
        User.objects.filter(pk=user.pk).update(alternate_email="own@contoso.example")
    sheet = make_sheet(cast, own, other, *with_address(cast, 1))
    assert send(sheet, MailTo.USER, cast) == 1
    found = states(sheet)
    assert [state for state, _reason in found] == ["left out", "left out", "sent"]
    assert "the mailbox that the password opens" in found[0][1]
    assert "a user who can't sign in yet" in found[1][1]
    # Once they have signed in it can go out, when it is asked for.
    User.objects.filter(pk=own.pk).update(
        must_change_password=False, temporary_password_set_at=None
    )
    assert (deliver_sheet(sheet.pk), requeue_deliveries()) == (0, 0)
    assert send(sheet, MailTo.USER, cast) == 1
    assert [message["To"] for message in mailbox] == ["p0@mail.example", "own@contoso.example"]


@pytest.mark.parametrize("to", [MailTo.CONTACT, MailTo.SELF])
def test_no_list_goes_to_a_mailbox_that_waits(
    cast: Cast, mailbox: list[EmailMessage], to: MailTo
) -> None:
    type(cast.contoso).objects.filter(pk=cast.contoso.pk).update(contact_email=cast.uma.user_name)
    User.objects.filter(pk=cast.alice.pk).update(alternate_email=cast.uma.user_name)
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    assert send(sheet, to, cast) == 0
    assert states(sheet)[0][0] == DeliveryState.LEFT_OUT
    assert mailbox == []


@pytest.mark.django_db(transaction=True)
def test_another_worker_sends_what_one_before_it_put_off(
    make_worker: Callable[[], Worker], mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    cast = make_cast()
    mail_server.refusals["p0@mail.example"] = [GREY]
    sheet = make_sheet(cast, *with_address(cast, 1))
    first = make_worker()
    mail_sheet(sheet, MailTo.USER, actor=cast.alice)
    wait_for(lambda: sheet.deliveries.get().tries == 1, "The first try")
    first.stop()
    second = make_worker()
    let_pass(PAUSES[0])
    assert requeue_deliveries() == 1
    wait_for(lambda: sheet.deliveries.get().state == DeliveryState.SENT, "The mail")
    second.stop()
    assert [message["To"] for message in mailbox] == ["p0@mail.example"]
