"""What is done about webhooks now and then: owners are told, and what is over is forgotten."""

from datetime import timedelta

import structlog
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User
from accounts.services.mail import own_address
from accounts.signin.languages import home_language
from customers.branding.letterhead import email
from customers.roles import Capability
from customers.said import gettext as _

from ..models import Webhook, WebhookDelivery
from .webhook_secrets import reseal_secret

logger = structlog.get_logger(__name__)

# For whoever asks what was sent, and what came of it.
KEPT = timedelta(days=30)
PORTION = 5_000


def tell_owner(webhook_id: int) -> bool:
    """Mail the owner of a webhook that the portal has switched off; return whether it was sent.

    Where that one looks after webhooks no longer, all who do are told. What fails is tried again.
    """
    now = timezone.now()
    rows = Webhook.objects.filter(pk=webhook_id, is_on=False, owner_told_at=None)
    # Of two workers one tells them.
    if not rows.exclude(problem="").update(owner_told_at=now):
        return False
    webhook = Webhook.objects.select_related("partner").get(pk=webhook_id)
    owners = _owners(webhook)
    try:
        for user in owners:
            with translation.override(home_language(user)):
                subject = _("Webhook switched off: %(name)s") % {"name": webhook.name}
                body = render_to_string("api/mail/webhook_off.txt", {"webhook": webhook})
                mail = email(webhook.partner, subject=subject, body=body, to=own_address(user))
            mail.send()
    except (OSError, ValueError) as error:
        logger.warning("owner_not_told", webhook=webhook_id, error=type(error).__name__)
        Webhook.objects.filter(pk=webhook_id, owner_told_at=now).update(owner_told_at=None)
        return False
    return bool(owners)


def _owners(webhook: Webhook) -> list[User]:
    staff = User.objects.with_roles().active().filter(partner=webhook.partner_id, blocked_at=None)
    able = [
        user
        for user in staff.filter(is_machine=False).order_by("pk")
        if user.can(Capability.MANAGE_APPLICATIONS)
    ]
    own = [user for user in able if user.pk == webhook.made_by_id]
    return own or able


def reseal_secrets() -> int:
    """Seal all secrets with the newest of CREDENTIALS_KEYS, so that those before may be taken out
    a day after it came; return how many webhooks have one.
    """
    count = 0
    for webhook in Webhook.objects.order_by("pk"):
        # Nothing is written over one that was replaced at this moment.
        own = Webhook.objects.filter(pk=webhook.pk, sealed_secret=webhook.sealed_secret)
        old = webhook.sealed_old_secret
        count += own.update(
            sealed_secret=reseal_secret(webhook.sealed_secret),
            sealed_old_secret=reseal_secret(old) if old else "",
        )
    return count


def forget_deliveries() -> int:
    """Remove deliveries that were settled long ago, and secrets that sign no longer; return how
    many deliveries.
    """
    now = timezone.now()
    over = Webhook.objects.filter(old_secret_until__lt=now)
    over.update(sealed_old_secret="", old_secret_until=None)
    old = WebhookDelivery.objects.filter(settled_at__lt=now - KEPT)
    gone = 0
    while pks := list(old.values_list("pk", flat=True)[:PORTION]):
        gone += WebhookDelivery.objects.filter(pk__among=pks).delete()[0]
    return gone
