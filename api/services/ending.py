"""The warning before a token ends, by mail to whoever made it, once.

A worker writes that it warns before it sends: where it dies in between, the mail is lost, and the
mark in the lists of tokens is what is left. Nobody is warned twice.
"""

from datetime import datetime, timedelta

import structlog
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.mail_answers import setback
from accounts.services.second_steps import address_of
from accounts.signin.zones import home_zone
from customers.services.transactions import transactional

from ..models import Token, TokenQuerySet

logger = structlog.get_logger(__name__)

AHEAD = timedelta(days=14)


def warn_of_ends(*, now: datetime | None = None) -> int:
    """Warn of the tokens that end within 14 days; return of how many a mail was sent.

    What a server puts off is tried again by the next run.
    """
    at = now or timezone.now()
    sent = 0
    for pk in list(due(at).order_by("ends_at").values_list("pk", flat=True)):
        token = _claim(pk, at)
        if token is not None:
            sent += _send(token)
    return sent


def due(now: datetime) -> TokenQuerySet:
    """Return the tokens to warn of; one made for less than the 14 days ends without."""
    return Token.objects.living(now).filter(
        ends_at__lte=now + AHEAD,
        created_at__lt=F("ends_at") - AHEAD,
        warned_at=None,
        epoch=F("user__session_epoch"),
        user__deleted_at=None,
        user__blocked_at=None,
    )


@transactional
def _claim(pk: int, now: datetime) -> Token | None:
    """Write that this worker warns of it, before it does; None where another one has."""
    rows = due(now).select_for_update(skip_locked=True, of=("self",), no_key=True)
    token = rows.select_related("user__partner", "made_by").filter(pk=pk).first()
    if token is not None:
        token.warned_at = now
        token.save(update_fields=["warned_at"])
    return token


def _send(token: Token) -> int:
    reader = _reader(token)
    address = address_of(reader) if reader else ""
    if reader is None or not address:
        return 0
    with timezone.override(home_zone(reader)):
        context = {"token": token, "reader": reader}
        body = render_to_string("api/mail/token_ends.txt", context)
    subject = _("The token %(name)s is about to expire") % {"name": token.name}
    try:
        EmailMessage(subject=" ".join(subject.split()), body=body, to=[address]).send()
    except (OSError, ValueError) as error:
        why = setback(error)
        logger.warning("token_end_not_told", token=token.pk, reason=why.reason)
        if why.again:
            Token.objects.filter(pk=token.pk).update(warned_at=None)
        return 0
    return 1


def _reader(token: Token) -> User | None:
    """Return who made it; of an integration whose maker has left, an account admin."""
    maker = token.made_by
    if maker is not None and maker.is_active and not maker.is_staff:
        return maker
    if not token.user.is_machine:
        return token.user
    admins = User.objects.team_admins().filter(partner=token.user.partner)
    return admins.order_by("pk").first()
