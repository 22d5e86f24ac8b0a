"""Passwords to hand over by mail: to whom, once, and what became of it."""

from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.models import Delivery, DeliveryState, MailTo, User
from accounts.services.mail import deliver_sheet
from accounts.services.users import NewUser, add_users
from customers.actions import Action
from customers.models import Customer
from tests.accounts.sheets import add, address, readings, slips
from tests.support.cast import Cast
from tests.support.html import problems
from tests.support.servers import MailServer


@pytest.fixture
def gail(client: Client, cast: Cast) -> Client:
    client.force_login(cast.gail)
    return client


def test_done_asks_while_mails_wait(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora", alternate_email="nora@mail.example")
    gail.get(address(sheet))
    gail.post(address(sheet, "mail/"), {"to": "person"})
    response = gail.post(address(sheet, "done/"))
    assert "1 email is not sent yet and will be canceled." in response.content.decode()
    assert slips(sheet)


def choices(response: Any) -> list[str]:
    return [str(label) for _value, label in response.context["form"].fields["to"].choices]


def test_mail_says_where_it_can_go_and_warns(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora", "Nils", alternate_email="n@mail.example")
    User.objects.filter(display_name="Nils").update(alternate_email="")
    response = gail.get(address(sheet, "mail/"))
    assert choices(response) == [
        "Me, gail@contoso.example",
        f"The customer's contact, {cast.contoso.contact_email}",
        "Each user's alternate email: 1 of 2 has one",
    ]
    html = response.content.decode()
    assert "Email can be read by others" in html
    assert problems(html) == []
    assert readings(sheet) == []


def test_mail_does_not_offer_what_nobody_has(gail: Client, cast: Cast) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(contact_email="")
    response = gail.get(address(add(cast, "Nora"), "mail/"))
    assert choices(response) == ["Me, gail@contoso.example"]
    assert "This customer has no contact email." in response.content.decode()


@pytest.mark.parametrize("to", ["", "nobody", "contact", "person", "<b>", "x" * 10_000])
def test_mail_needs_a_receiver_from_the_list(gail: Client, cast: Cast, to: str) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(contact_email="")
    response = gail.post(address(add(cast, "Nora"), "mail/"), {"to": to})
    assert "to" in response.context["form"].errors
    assert not Delivery.objects.exists()


def test_mail_goes_out_once_to_each(gail: Client, cast: Cast, mailbox: list[EmailMessage]) -> None:
    sheet = add(cast, "Nora", "Nils", alternate_email="n@mail.example")
    User.objects.filter(display_name="Nils").update(alternate_email="")
    for to in ("self", "self", "contact", "person", "person"):
        assert gail.post(address(sheet, "mail/"), {"to": to})["Location"] == address(sheet, "mail/")
    deliver_sheet(sheet.pk)
    gail.post(address(sheet, "mail/"), {"to": "self"})
    deliver_sheet(sheet.pk)
    assert sorted(mail["To"] for mail in mailbox) == sorted(
        ["gail@contoso.example", cast.contoso.contact_email, "n@mail.example"]
    )
    nora, nils = slips(sheet)
    body = {mail["To"]: mail.get_content() for mail in mailbox}
    assert nora.password in body["n@mail.example"]
    assert nils.password not in body["n@mail.example"]
    assert nils.password in body["gail@contoso.example"]
    assert set(readings(sheet)) == {Action.SHEET_MAILED}


def test_mail_tells_what_became_of_each(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora", "Nils", alternate_email="n@mail.example")
    gail.post(address(sheet, "mail/"), {"to": "self"})
    gail.post(address(sheet, "mail/"), {"to": "person"})
    response = gail.get(address(sheet, "mail/"))
    assert [(line.to, line.state) for line in response.context["lines"]] == [("Me", "Waiting")]
    assert [(str(row.label), row.number) for row in response.context["user_mails"].counts] == [
        ("Waiting", 2)
    ]
    assert 'data-hx-trigger="every 2s"' in response.content.decode()
    nils = Delivery.objects.get(user__display_name="Nils")
    refused = {"reason": "Refused", "reason_said": None}
    Delivery.objects.filter(pk=nils.pk).update(state=DeliveryState.FAILED, **refused)
    Delivery.objects.exclude(pk=nils.pk).update(state=DeliveryState.SENT, sent_at=timezone.now())
    response = gail.get(address(sheet, "mail/"))
    mails = response.context["user_mails"]
    assert [(str(row.label), row.number) for row in mails.counts] == [("Sent", 1), ("Failed", 1)]
    assert [(line.to, line.reason) for line in mails.failed] == [("Nils", "Refused")]
    html = response.content.decode()
    assert 'data-hx-trigger="every' not in html
    assert problems(html) == []


def test_mail_text_is_plain(gail: Client, cast: Cast, mailbox: list[EmailMessage]) -> None:
    new = [NewUser("o'hara", cast.contoso.domains.get(), "Pat O'Hara & <Co>")]
    sheet = add_users(new, customer=cast.contoso, actor=cast.gail).sheet
    gail.post(address(sheet, "mail/"), {"to": MailTo.SELF})
    deliver_sheet(sheet.pk)
    [mail] = mailbox
    assert "Pat O'Hara & <Co>" in mail.get_content()
    assert "o'hara@contoso.example" in mail.get_content()
    assert mail["Subject"] == "Contoso: user names and temporary passwords"


def test_a_page_that_shows_a_mail_under_way_asks_again(gail: Client, cast: Cast) -> None:
    sheet = add(cast, "Nora")
    gail.post(address(sheet, "mail/"), {"to": "self"})

    def send_once_read(execute: Any, sql: str, *rest: Any) -> Any:
        """The mail goes out just after the page has read how it stands."""
        result = execute(sql, *rest)
        if sql.startswith("SELECT") and 'FROM "accounts_delivery"' in sql:
            Delivery.objects.update(state=DeliveryState.SENT, sent_at=timezone.now())
        return result

    with connection.execute_wrapper(send_once_read):
        shown = gail.get(address(sheet, "mail/")).content.decode()
    assert "Waiting" in shown
    assert "Some are still being sent." in shown
    assert "Some are still being sent." not in gail.get(address(sheet, "mail/")).content.decode()


def test_what_a_server_puts_off_is_said_in_words_with_the_next_try(
    gail: Client, cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    User.objects.filter(pk=cast.gail.pk).update(time_zone="Europe/Oslo")
    sheet = add(cast, "Nora", alternate_email="nora@mail.example")
    for address_of in ("nora@mail.example", "gail@contoso.example"):
        mail_server.refusals[address_of] = ["450 4.2.0 Greylisted"]
    for to in ("self", "person"):
        gail.post(address(sheet, "mail/"), {"to": to})
    deliver_sheet(sheet.pk)
    html = gail.get(address(sheet, "mail/")).content.decode()
    for delivery in sheet.deliveries.all():
        then = localtime(delivery.next_try_at, ZoneInfo("Europe/Oslo"))
        assert f">Next try at {then:%H:%M}.</time>" in html
    assert html.count("The mail server asked to try later (450 4.2.0 Greylisted).") == 2
    assert html.count("Send again") == 2
    assert 'data-hx-trigger="every 30s"' in html
    assert "Some are still being sent." not in html
    assert problems(html) == []


def test_what_was_refused_is_sent_again_by_hand(
    gail: Client, cast: Cast, mailbox: list[EmailMessage], mail_server: MailServer
) -> None:
    sheet = add(cast, "Nora", alternate_email="nora@mail.example")
    mail_server.refusals["nora@mail.example"] = ["550 5.1.1 No such mailbox"]
    gail.post(address(sheet, "mail/"), {"to": "person"})
    deliver_sheet(sheet.pk)
    response = gail.get(address(sheet, "mail/"))
    [line] = response.context["user_mails"].failed
    assert line.reason == "The mail server refused it (550 5.1.1 No such mailbox)."
    assert (line.again, line.next_try) == ("person", None)
    html = response.content.decode()
    assert 'data-hx-trigger="every' not in html
    assert '<input type="hidden" name="to" value="person">' in html
    gail.post(address(sheet, "mail/"), {"to": "person"})
    deliver_sheet(sheet.pk)
    assert [mail["To"] for mail in mailbox] == ["nora@mail.example"]


def test_who_is_left_out_is_named_with_the_reason(
    gail: Client, cast: Cast, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = add(cast, "Nora", "Nils", alternate_email="nora@contoso.example")
    gail.post(address(sheet, "mail/"), {"to": "person"})
    assert deliver_sheet(sheet.pk) == 0
    found = gail.get(address(sheet, "mail/")).context["user_mails"]
    assert [(str(row.label), row.number) for row in found.counts] == [("Skipped", 2)]
    nora, nils = found.failed
    assert (nora.to, nils.to, found.more) == ("Nora", "Nils", 0)
    assert "the mailbox that the password opens" in nora.reason
    assert "a user who can't sign in yet" in nils.reason
    monkeypatch.setattr("accounts.views.passwords.mail.NAMED", 1)
    assert "and 1 more" in gail.get(address(sheet, "mail/")).content.decode()
