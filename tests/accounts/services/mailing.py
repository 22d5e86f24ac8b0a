"""Sheets of temporary passwords on their way by mail."""

from email.message import EmailMessage

from pytest_django import Settings

from accounts.models import CredentialSheet, DeliveryState, MailTo, User
from accounts.services.mail import deliver_sheet, mail_sheet
from accounts.services.users import reset_passwords
from tests.factories import UserFactory
from tests.support.cast import Cast


def make_sheet(cast: Cast, *users: User) -> CredentialSheet:
    return reset_passwords(users, customer=cast.contoso, actor=cast.alice).sheet


def states(sheet: CredentialSheet) -> list[tuple[str, str]]:
    return list(sheet.deliveries.order_by("pk").values_list("state", "reason"))


def addresses(mailbox: list[EmailMessage]) -> list[str]:
    return [message["To"] for message in mailbox]


def send(sheet: CredentialSheet, to: MailTo, cast: Cast) -> int:
    mail_sheet(sheet, to, actor=cast.alice)
    return deliver_sheet(sheet.pk)


def with_address(cast: Cast, number: int) -> list[User]:
    return [
        UserFactory.create(customer=cast.contoso, alternate_email=f"p{n}@mail.example")
        for n in range(number)
    ]


def put_off(number: int, cast: Cast, settings: Settings) -> CredentialSheet:
    """A sheet whose mails found the server away, which is there again by now."""
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    sheet = make_sheet(cast, *with_address(cast, number))
    assert send(sheet, MailTo.USER, cast) == 0
    assert states(sheet) == [(DeliveryState.WAITING, "The mail server can't be reached.")] * number
    settings.EMAIL_PORT = port
    return sheet
