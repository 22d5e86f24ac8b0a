"""What a mail server said to a mail that it did not take: in words, and whether to try again."""

import re
import smtplib
import traceback
from dataclasses import dataclass

from customers.said import gettext as _

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_SHOWN = 120
_TEMPORARY = range(400, 500)
# With this a server ends the connection, whatever it was asked.
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Setback:
    """Why a mail did not go out.

    `again`: time alone may mend it. `everywhere`: it is the server's, and meets all mails alike.
    """

    reason: str
    again: bool = False
    everywhere: bool = False


def setback(error: Exception) -> Setback:
    """Return what smtplib's error, one of the network, or one of the address means.

    The texts of errors may quote the address or the mail: of them stays what a server answered
    before it had the mail, without addresses, and of all others the number alone.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()), (0, b""))
        return _answered(code, answer, everywhere=code == _CLOSING)
    if isinstance(error, smtplib.SMTPDataError):
        # The status that begins an answer says no more than a number does.
        status = _STATUS.match(_text(error.smtp_error))
        return _answered(error.smtp_code, status[0] if status else "")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        text = _("The mail server does not let the portal sign in (%(answer)s).")
        again = error.smtp_code in _TEMPORARY
        return Setback(text % {"answer": error.smtp_code}, again=again, everywhere=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code, error.smtp_error, everywhere=True)
    if isinstance(error, OSError):
        return _unanswered(error)
    return Setback(_("Email can't be sent to this address. Correct it, then send it again."))


def in_doubt() -> str:
    return _("Sending was interrupted: it may have arrived. Ask before you send it again.")


def _answered(code: int, answer: bytes | str, *, everywhere: bool = False) -> Setback:
    words = " ".join("…" if "@" in word else word for word in _text(answer).split())[:_SHOWN]
    again = code in _TEMPORARY
    if again:
        text = _("The mail server asked to try later (%(answer)s).")
    else:
        text = _("The mail server refused it (%(answer)s).")
    return Setback(text % {"answer": f"{code} {words}".strip()}, again=again, everywhere=everywhere)


def _unanswered(error: OSError) -> Setback:
    frames = traceback.walk_tb(error.__traceback__)
    if any(frame.f_code is smtplib.SMTP.data.__code__ for frame, _line in frames):
        # The mail itself had begun to go over. Once more would be one too many where the server
        # took it and its answer was lost.
        return Setback(in_doubt())
    # smtplib makes its own error of a time that is over.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Setback(_("The mail server did not answer in time."), again=True, everywhere=True)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Setback(_("The mail server ended the connection."), again=True, everywhere=True)
    if isinstance(error, smtplib.SMTPException):
        text = _("The mail server can't be used as the portal is set up (%(error)s).")
        return Setback(text % {"error": type(error).__name__}, everywhere=True)
    return Setback(_("The mail server can't be reached."), again=True, everywhere=True)


def _text(answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    # No database stores it.
    return text.replace("\0", " ")
