"""Emails in a partner's name.

They are plain text: the name is the sender's and in the last lines, and there is no logo. A
picture would make an email with a password in it look like one that is after passwords.
"""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from ..models import Partner


def email(
    partner: Partner | None,
    *,
    subject: str,
    body: str,
    to: str,
    headers: dict[str, str] | None = None,
) -> EmailMessage:
    """Return an email from the partner, or from the portal; replies go to the help contact."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return EmailMessage(
        subject=_in_header(subject),
        body=body,
        from_email=formataddr((sender_name(partner), address)),
        to=[to],
        reply_to=[partner.help_email] if partner and partner.help_email else None,
        headers=headers,
    )


def sender_name(partner: Partner | None) -> str:
    """Return the name that stands as the sender of an email."""
    return _in_header(partner.shown_name) if partner else _("Partner Portal")


def _in_header(text: str) -> str:
    """Return the text as a header may have it: on one line, and without the beginning of an
    encoded word, of which mail programs would make other letters, or a line break.
    """
    return " ".join(text.replace("=?", "= ?").split())
