"""What a server answers is said in words, without an address and without a word of the mail."""

import smtplib
import ssl

import pytest

from accounts.services.mail_answers import Setback, setback

LATER, REFUSED = "The mail server asked to try later", "The mail server refused it"
GREY = b"4.2.0 <ann@mail.example>: Recipient address rejected:\nGreylisted"


def recipients(code: int, text: bytes) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"ann@mail.example": (code, text)})


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            recipients(450, GREY),
            Setback(
                f"{LATER} (450 4.2.0 … Recipient address rejected: Greylisted).",
                again=True,
            ),
        ),
        (recipients(421, b"Bye"), Setback(f"{LATER} (421 Bye).", again=True, everywhere=True)),
        (recipients(550, b"5.1.1 No such user"), Setback(f"{REFUSED} (550 5.1.1 No such user).")),
        (
            recipients(550, b"5.1.1 No\0such \xff"),
            Setback(f"{REFUSED} (550 5.1.1 No such \ufffd)."),
        ),
        (recipients(550, b""), Setback(f"{REFUSED} (550).")),
        (
            smtplib.SMTPDataError(451, b"4.7.1 Your secret-pass-word looks like spam"),
            Setback(f"{LATER} (451 4.7.1).", again=True),
        ),
        (smtplib.SMTPDataError(554, b"secret-pass-word"), Setback(f"{REFUSED} (554).")),
        (
            smtplib.SMTPSenderRefused(452, b"4.3.1 Disk full", "portal@localhost"),
            Setback(f"{LATER} (452 4.3.1 Disk full).", again=True, everywhere=True),
        ),
        (
            smtplib.SMTPConnectError(554, b"No service"),
            Setback(f"{REFUSED} (554 No service).", everywhere=True),
        ),
        (
            smtplib.SMTPAuthenticationError(535, b"5.7.8 portal@localhost"),
            Setback("The mail server does not let the portal sign in (535).", everywhere=True),
        ),
        (
            smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
            Setback("The mail server ended the connection.", again=True, everywhere=True),
        ),
        (
            smtplib.SMTPNotSupportedError("No SMTPUTF8"),
            Setback(
                "The mail server can't be used as the portal is set up (SMTPNotSupportedError).",
                everywhere=True,
            ),
        ),
        (
            TimeoutError("timed out"),
            Setback("The mail server did not answer in time.", again=True, everywhere=True),
        ),
        (
            ConnectionRefusedError(111, "Connection refused"),
            Setback("The mail server can't be reached.", again=True, everywhere=True),
        ),
        (
            ssl.SSLCertVerificationError("expired"),
            Setback("The mail server can't be reached.", again=True, everywhere=True),
        ),
        (
            ValueError("a\nBcc: x@mail.example"),
            Setback("Email can't be sent to this address. Correct it, then send it again."),
        ),
    ],
)
def test_an_error_is_told_in_words(error: Exception, expected: Setback) -> None:
    assert setback(error) == expected


def test_a_long_answer_is_cut() -> None:
    """At once, however long: a server may send as much as it likes."""
    found = setback(recipients(450, b"x" * 500_000))
    assert len(found.reason) < 200
