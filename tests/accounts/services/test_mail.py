"""Mailing a sheet over real SMTP, here and by a real worker."""

from datetime import timedelta
from email.message import EmailMessage
from functools import partial

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import Settings

from accounts.models import Delivery, DeliveryState, MailTo, User
from accounts.services.credentials import destroy_sheet, slips_of
from accounts.services.mail import deliver_sheet, mail_sheet, requeue_deliveries
from accounts.services.users import NewUser, add_users, choose_password
from customers.errors import Refused
from customers.models import Customer
from customers.services.partners import change_branding
from customers.zones import zone_of
from tests.accounts.services.mailing import (
    addresses,
    make_sheet,
    put_off,
    send,
    states,
    with_address,
)
from tests.accounts.verbs import delete, fresh
from tests.factories import UserFactory
from tests.patience import wait_for
from tests.support.cast import Cast, make_cast
from tests.support.log import Line, log
from tests.support.servers import Worker
from tests.support.threads import together


def test_to_me_goes_the_whole_list(cast: Cast, mailbox: list[EmailMessage]) -> None:
    sheet = make_sheet(cast, cast.uma, cast.gail)
    assert send(sheet, MailTo.SELF, cast) == 1
    assert addresses(mailbox) == ["alice@fabrikam.example"]
    assert mailbox[0]["Subject"] == "Contoso: user names and temporary passwords"
    text = mailbox[0].get_content()
    for slip in slips_of(sheet):
        assert slip.user_name in text
        assert slip.password in text
    assert states(sheet) == [(DeliveryState.SENT, "")]


def test_a_mail_says_where_to_sign_in_until_when_and_who_sent_it(
    cast: Cast, mailbox: list[EmailMessage], settings: Settings
) -> None:
    change_branding(cast.fabrikam, actor=cast.alice, help_email="help@fabrikam.example")
    sheet = make_sheet(cast, cast.uma)
    assert send(sheet, MailTo.CONTACT, cast) == 1
    [mail] = mailbox
    assert mail["From"] == f"Fabrikam <{settings.DEFAULT_FROM_EMAIL}>"
    assert mail["Reply-To"] == "help@fabrikam.example"
    [slip] = slips_of(sheet)
    with timezone.override(zone_of(cast.contoso)):
        last = date_format(timezone.localtime(slip.until), "DATE_FORMAT")
    lines = mail.get_content().splitlines()
    assert f"Sign in at: {settings.OIDC_ISSUER}/accounts/login/" in lines
    assert f"Last day: {last}" in lines
    assert "Sent by Fabrikam. Help: help@fabrikam.example" in lines


def test_to_the_contact_goes_the_whole_list(cast: Cast, mailbox: list[EmailMessage]) -> None:
    sheet = make_sheet(cast, cast.uma)
    assert send(sheet, MailTo.CONTACT, cast) == 1
    assert addresses(mailbox) == [cast.contoso.contact_email]


def test_without_a_contact_it_says_where_to_enter_one(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(contact_email="")
    with pytest.raises(Refused, match=r"no contact email\. Enter one under Account"):
        mail_sheet(make_sheet(cast, cast.uma), MailTo.CONTACT, actor=cast.alice)


def test_to_each_user_goes_the_own_password_alone(cast: Cast, mailbox: list[EmailMessage]) -> None:
    ann, ben = with_address(cast, 2)
    sheet = make_sheet(cast, ann, ben, cast.uma)
    assert send(sheet, MailTo.USER, cast) == 2
    by_address = {message["To"]: message.get_content() for message in mailbox}
    slips = {slip.user_id: slip.password for slip in slips_of(sheet)}
    assert by_address.keys() == {"p0@mail.example", "p1@mail.example"}
    assert slips[ann.pk] in by_address["p0@mail.example"]
    assert slips[ben.pk] not in by_address["p0@mail.example"]
    outcome = dict(sheet.deliveries.values_list("user", "state"))
    assert outcome == {
        ann.pk: DeliveryState.SENT,
        ben.pk: DeliveryState.SENT,
        cast.uma.pk: DeliveryState.NO_ADDRESS,
    }


def test_asked_twice_nothing_goes_twice(cast: Cast, mailbox: list[EmailMessage]) -> None:
    sheet = make_sheet(cast, *with_address(cast, 2))
    for to, number in ((MailTo.USER, 2), (MailTo.SELF, 1), (MailTo.CONTACT, 1)):
        assert mail_sheet(sheet, to, actor=cast.alice) == number
        assert mail_sheet(sheet, to, actor=cast.alice) == 0
        assert deliver_sheet(sheet.pk) == number
        assert mail_sheet(sheet, to, actor=cast.alice) == 0
        assert deliver_sheet(sheet.pk) == 0
    assert len(mailbox) == 4
    assert [line for line in log() if line.action == "sheet.mailed"] == [
        Line("sheet.mailed", "Passwords reset (2)", {"to": "person", "mails": 2}),
        Line("sheet.mailed", "Passwords reset (2)", {"to": "self", "mails": 1}),
        Line("sheet.mailed", "Passwords reset (2)", {"to": "contact", "mails": 1}),
    ]


def test_what_failed_is_told_and_goes_when_asked_again(
    cast: Cast, mailbox: list[EmailMessage], settings: Settings
) -> None:
    sheet = put_off(2, cast, settings)
    assert send(sheet, MailTo.USER, cast) == 2
    assert states(sheet) == [(DeliveryState.SENT, "")] * 2


def test_one_address_that_can_not_be_written_stops_no_other(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    ann, ben = with_address(cast, 2)
    User.objects.filter(pk=ann.pk).update(alternate_email="a\nBcc: x@mail.example")
    sheet = make_sheet(cast, ann, ben)
    assert send(sheet, MailTo.USER, cast) == 1
    assert addresses(mailbox) == ["p1@mail.example"]
    assert [state for state, _reason in states(sheet)] == [
        DeliveryState.FAILED,
        DeliveryState.SENT,
    ]


def test_a_name_with_a_line_break_makes_no_header(cast: Cast, mailbox: list[EmailMessage]) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(name="Contoso\nBcc: x@mail.example")
    assert send(make_sheet(cast, cast.uma), MailTo.SELF, cast) == 1
    assert mailbox[0]["Bcc"] is None
    assert mailbox[0]["Subject"].startswith("Contoso Bcc: x@mail.example: user names")


def test_special_characters_of_a_name_arrive_as_they_are(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    name = "Sinéad O'Neil <&> 王"
    user = UserFactory.create(customer=cast.contoso, display_name=name)
    send(make_sheet(cast, user), MailTo.SELF, cast)
    assert name in mailbox[0].get_content()


def test_a_deleted_user_gets_no_mail(cast: Cast, mailbox: list[EmailMessage]) -> None:
    ann, ben = with_address(cast, 2)
    sheet = make_sheet(cast, ann, ben)
    delete(cast, ann)
    assert mail_sheet(sheet, MailTo.USER, actor=cast.alice) == 1
    delete(cast, ben)
    assert deliver_sheet(sheet.pk) == 0
    assert mailbox == []


def test_done_stops_what_has_not_gone_out(cast: Cast, mailbox: list[EmailMessage]) -> None:
    sheet = make_sheet(cast, *with_address(cast, 2))
    mail_sheet(sheet, MailTo.USER, actor=cast.alice)
    destroy_sheet(sheet, actor=cast.alice)
    assert deliver_sheet(sheet.pk) == 0
    assert mailbox == []
    assert {state for state, _reason in states(sheet)} == {DeliveryState.FAILED}
    assert "These passwords were deleted" in states(sheet)[0][1]
    with pytest.raises(Refused, match="These passwords were deleted"):
        mail_sheet(sheet, MailTo.USER, actor=cast.alice)


def test_done_in_the_middle_stops_the_rest(
    cast: Cast, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = make_sheet(cast, *with_address(cast, 3))
    mail_sheet(sheet, MailTo.USER, actor=cast.alice)
    real = mail.EmailMessage.send

    def send_and_destroy(message: mail.EmailMessage, *args: bool) -> int:
        sent = real(message, *args)
        destroy_sheet(sheet, actor=cast.alice)
        return sent

    monkeypatch.setattr(mail.EmailMessage, "send", send_and_destroy)
    assert deliver_sheet(sheet.pk) == 1
    assert len(mailbox) == 1


def test_who_is_added_later_is_mailed_too(cast: Cast, mailbox: list[EmailMessage]) -> None:
    def new(name: str) -> NewUser:
        domain = cast.contoso.domains.get(is_primary=True)
        return NewUser(name, domain, name, {"alternate_email": f"{name}@mail.example"})

    first = add_users([new("ann")], customer=cast.contoso, actor=cast.alice).sheet
    assert send(first, MailTo.USER, cast) == 1
    add_users([new("ben")], customer=cast.contoso, actor=cast.alice, onto=first)
    assert send(first, MailTo.USER, cast) == 1
    assert addresses(mailbox) == ["ann@mail.example", "ben@mail.example"]


def test_a_mail_whose_worker_died_is_given_up_and_never_sent_by_itself(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    sheet = make_sheet(cast, *with_address(cast, 1))
    mail_sheet(sheet, MailTo.USER, actor=cast.alice)
    eleven_minutes_ago = timezone.now() - timedelta(minutes=11)
    sheet.deliveries.update(state=DeliveryState.SENDING, claimed_at=eleven_minutes_ago)
    assert requeue_deliveries() == 0
    assert deliver_sheet(sheet.pk) == 0
    assert states(sheet)[0][0] == DeliveryState.FAILED
    assert "it may have arrived" in states(sheet)[0][1]
    assert mailbox == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_what_was_asked_for(worker: Worker, mailbox: list[EmailMessage]) -> None:
    cast = make_cast()
    sheet = make_sheet(cast, *with_address(cast, 3))
    assert mail_sheet(sheet, MailTo.USER, actor=cast.alice) == 3
    wait_for(lambda: len(mailbox) == 3, "The third mail")
    worker.wait_until_idle()
    assert states(sheet) == [(DeliveryState.SENT, "")] * 3


@pytest.mark.django_db(transaction=True)
def test_what_no_queue_took_is_asked_for_again(worker: Worker, mailbox: list[EmailMessage]) -> None:
    cast = make_cast()
    sheet = make_sheet(cast, *with_address(cast, 1))
    user = sheet.deliveries.create(to=MailTo.USER, user=User.objects.latest("pk"))
    assert requeue_deliveries() == 0
    Delivery.objects.filter(pk=user.pk).update(waiting_since=timezone.now() - timedelta(minutes=2))
    assert requeue_deliveries() == 1
    wait_for(lambda: len(mailbox) == 1, "The mail")


@pytest.mark.django_db(transaction=True)
@pytest.mark.torture
def test_four_workers_send_each_mail_once(mailbox: list[EmailMessage]) -> None:
    cast = make_cast()
    users = with_address(cast, 12)
    sheet = make_sheet(cast, *users)
    mail_sheet(sheet, MailTo.USER, actor=cast.alice)
    together(*[partial(deliver_sheet, sheet.pk)] * 4)
    # An earlier test's Celery worker may be the fifth, and still be at it.
    waiting = sheet.deliveries.exclude(state=DeliveryState.SENT)
    wait_for(lambda: not waiting.exists(), "The last mail")
    assert sorted(addresses(mailbox)) == sorted(user.alternate_email for user in users)


def test_a_password_that_can_no_longer_be_used_is_in_no_mail(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    ann, ben = with_address(cast, 2)
    sheet = make_sheet(cast, ann, ben)
    passwords = {slip.user_id: slip.password for slip in slips_of(sheet)}
    assert mail_sheet(sheet, MailTo.USER, actor=cast.alice) == 2
    choose_password(fresh(ann), "some kettles whistle at dawn")
    assert deliver_sheet(sheet.pk) == 1
    assert states(sheet) == [
        (DeliveryState.FAILED, "Has chosen a password of their own"),
        (DeliveryState.SENT, ""),
    ]
    assert mail_sheet(sheet, MailTo.USER, actor=cast.alice) == 0
    assert send(sheet, MailTo.SELF, cast) == 1
    text = mailbox[-1].get_content()
    assert passwords[ben.pk] in text
    assert passwords[ann.pk] not in text
    assert "Temporary password: Has chosen a password of their own" in text


@pytest.mark.parametrize("to", [MailTo.SELF, MailTo.CONTACT, MailTo.USER])
def test_a_sheet_whose_passwords_can_no_longer_be_used_is_not_mailed(
    cast: Cast, to: MailTo
) -> None:
    sheet = make_sheet(cast, cast.uma)
    delete(cast, cast.uma)
    with pytest.raises(Refused, match="These passwords can no longer be used"):
        mail_sheet(sheet, to, actor=cast.alice)
    assert not Delivery.objects.exists()
