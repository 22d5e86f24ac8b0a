"""Mails of a credential sheet.

What a server puts off is tried again while the sheet is there. The row says when, so that neither
a worker's end nor a lost queue forgets it.
"""

from dataclasses import replace
from datetime import timedelta

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from customers.actions import Action
from customers.branding.letterhead import email
from customers.branding.pages import sign_in_link
from customers.errors import Refused
from customers.formats import figure
from customers.said import columns_of, cut, gettext_lazy, joined, ngettext
from customers.said import gettext as _
from customers.services import audit, bulk
from customers.services.transactions import transactional
from customers.zones import zone_of

from ..models import CredentialSheet, Delivery, DeliveryState, MailTo, User
from ..models.credentials import REASON_LENGTH, DeliveryQuerySet
from ..signin.languages import home_language, language_in
from .credentials import Slip, SlipFinder, check_reader, slips_of
from .mail_answers import Setback
from .mailboxes import kept_from
from .queue import send_sheet
from .second_steps import TOLD_AFTER, address_of
from .sending import NO_ADDRESS, NotSent, Sender, give_up_lost, pause

NO_CONTACT = gettext_lazy("This customer has no contact email. Enter one under Account.")

logger = structlog.get_logger(__name__)

# Users whom one mail lists: about 500 kB. Mail servers refuse what is much longer.
LISTED = 5_000


@transactional
def mail_sheet(sheet: CredentialSheet, to: MailTo, *, actor: User) -> int:
    """Ask for the mails; return how many are tried now. Those sent or waiting are left alone; those
    that a server put off are tried at once, and those left out are looked at again.

    Refused when the sheet is gone, there is no contact to send to, or a list is too long for one.
    """
    check_reader(sheet, actor=actor)
    fresh = CredentialSheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
    if to == MailTo.USER:
        users = users_to_mail(fresh)
        each = fresh.deliveries.filter(to=MailTo.USER)
        asked = _ask_again(each.filter(user_id__among=users))
        known = each.values_list("user_id", flat=True)
        missing = set(users) - set(known)
        new = [pk for pk in users if pk in missing]
        same = {"sheet_id": fresh.pk, "to": MailTo.USER, "by_id": actor.pk}
        bulk.insert_alike(Delivery, same, {"user_id": new})
        asked += len(new)
    else:
        asked = _ask_list(fresh, to, actor)
    if asked:
        entry = audit.Entry(Action.SHEET_MAILED, fresh, {"to": str(to), "mails": asked})
        audit.record([entry], actor=actor, customer=fresh.customer)
        transaction.on_commit(lambda: send_sheet(fresh.pk))
    return asked


def users_to_mail(sheet: CredentialSheet) -> list[int]:
    """Return whose passwords on the sheet can still be used. Refused when there are none."""
    found = [slip.user_id for slip in slips_of(sheet) if not slip.spent]
    if not found:
        raise Refused(
            _("These passwords can no longer be used. Select Done to remove them."),
            code="no-password-to-mail",
        )
    return found


def _ask_list(sheet: CredentialSheet, to: MailTo, actor: User) -> int:
    if to == MailTo.CONTACT and not sheet.customer.contact_email:
        raise Refused(
            str(NO_CONTACT),
            code="no-contact-email",
        )
    if sheet.users > LISTED:
        text = ngettext(
            "An email lists up to %(count)s user. Download the passwords instead.",
            "An email lists up to %(count)s users. Download the passwords instead.",
            LISTED,
        )
        raise Refused(text % {"count": figure(LISTED)}, code="too-many-for-a-mail")
    users_to_mail(sheet)
    delivery, created = Delivery.objects.get_or_create(
        sheet=sheet, to=to, user=None, by=actor, users=sheet.users
    )
    return 1 if created else _ask_again(sheet.deliveries.filter(pk=delivery.pk))


def _ask_again(deliveries: DeliveryQuerySet) -> int:
    return deliveries.to_ask_again().update(
        state=DeliveryState.WAITING,
        tries=0,
        waiting_since=timezone.now(),
        claimed_at=None,
        reason="",
        reason_said=None,
    )


def deliver_sheet(sheet_id: int) -> int:
    """Send what waits; return how many were sent.

    Two workers at once share the mails, never one mail.
    """
    sheet = CredentialSheet.objects.select_related("customer__partner").filter(pk=sheet_id).first()
    return SheetSender(sheet).run() if sheet else 0


class SheetSender(Sender[Delivery]):
    """The mails of one sheet."""

    def __init__(self, sheet: CredentialSheet) -> None:
        super().__init__()
        self.sheet = sheet
        self._finder = SlipFinder(sheet)

    def due(self) -> DeliveryQuerySet:
        return self.sheet.deliveries.due().order_by("pk")

    def slips(self, delivery: Delivery) -> list[Slip]:
        """Return what the mail lists. Refused when the sheet is gone: Done stops what is not sent
        yet.
        """
        if delivery.to != MailTo.USER:
            return list(slips_of(self.sheet))
        slip = self._finder.find(delivery.user_id or 0)
        return [slip] if slip else []

    def message(self, row: Delivery) -> EmailMessage:
        customer = self.sheet.customer
        try:
            slips = self.slips(row)
        except Refused as refused:
            raise NotSent(str(refused)) from None
        spent = {slip.spent.label for slip in slips if slip.spent}
        if spent and all(slip.spent for slip in slips):
            raise NotSent(joined(sorted(map(str, spent)), ", "))
        # The customer's, unless it goes to somebody whose own is known.
        language = language_in(str(customer.country))
        if row.to == MailTo.CONTACT:
            address = customer.contact_email
        elif row.to == MailTo.USER:
            user = row.user
            address = user.alternate_email if user and not user.deleted_at else ""
            language = home_language(user) if user else language
        else:
            maker = row.by
            address = own_address(maker) if maker and not maker.deleted_at else ""
            language = home_language(maker) if maker else language
        if not address or not slips:
            raise NotSent(str(NO_ADDRESS), DeliveryState.NO_ADDRESS)
        owner = row.user if row.to == MailTo.USER else None
        if reason := kept_from(address, customer, owner):
            raise NotSent(reason, DeliveryState.LEFT_OUT)
        partner = customer.partner
        context = {
            "slips": slips,
            "customer": customer,
            "partner": partner,
            # No request says where the portal is: what applications know it by does.
            "sign_in_url": sign_in_link(partner),
        }
        with timezone.override(zone_of(customer)), translation.override(language):
            subject = _("%(customer)s: user names and temporary passwords")
            body = render_to_string("accounts/mail/sheet.txt", context)
        return email(partner, subject=subject % {"customer": customer.name}, body=body, to=address)

    def put_off(self, row: Delivery, why: Setback) -> None:
        """Try it again later: what meets all mails alike puts off the others of the sheet as
        well.
        """
        then = self.now + pause(row.tries)
        if why.again and then >= self.sheet.expires_at:
            reason = _("%(reason)s The passwords are destroyed before the next try.")
            why = replace(why, reason=reason % {"reason": why.reason}, again=False)
        told = columns_of("reason", why.reason, REASON_LENGTH)
        if not why.again:
            if why.everywhere:
                self.due().update(state=DeliveryState.FAILED, **told)
            self.settle(row, DeliveryState.FAILED, why.reason)
            return
        rows = self.sheet.deliveries.filter(pk=row.pk)
        if why.everywhere:
            rows |= self.sheet.deliveries.due()
        rows.update(
            state=DeliveryState.WAITING,
            tries=F("tries") + 1,
            waiting_since=then,
            claimed_at=None,
            **told,
        )

    def settle(self, row: Delivery, state: str, reason: str) -> None:
        row.state, row.reason = state, cut(reason, REASON_LENGTH)
        row.sent_at = self.now if state == DeliveryState.SENT else None
        row.save(update_fields=["state", "reason", "reason_said", "sent_at"])


def own_address(user: User) -> str:
    """Return where mail to the signed-in user goes: the alternate email, else the user name."""
    return user.alternate_email or user.user_name


def tell_of_wrong_codes(user_id: int) -> bool:
    """Mail the user that another has the password and lacks the code; return whether it was
    sent.

    Where no mail can be sent, or the task is lost, the user reads it at the next sign-in.
    """
    users = User.objects.active().select_related("partner", "customer__partner")
    user = users.filter(pk=user_id).first()
    address = address_of(user) if user else ""
    if user is None or not address:
        return False
    partner = user.own_partner
    context = {"user": user, "count": TOLD_AFTER, "partner": partner}
    with translation.override(home_language(user)):
        subject = _("Wrong codes were entered for your account")
        body = render_to_string("accounts/mail/wrong_codes.txt", context)
    try:
        email(partner, subject=subject, body=body, to=address).send()
    except (OSError, ValueError) as error:
        logger.warning("owner_not_told", user=user_id, error=type(error).__name__)
        return False
    return True


def requeue_deliveries() -> int:
    """Give up mails whose worker died, and enqueue again the sheets where mails wait; return how
    many.
    """
    give_up_lost(Delivery, timezone.now())
    minute_ago = timezone.now() - timedelta(minutes=1)
    waiting = Delivery.objects.due().filter(Q(waiting_since__lt=minute_ago) | Q(tries__gt=0))
    sheets = list(waiting.order_by("sheet_id").values_list("sheet_id", flat=True).distinct())
    for sheet_id in sheets:
        send_sheet(sheet_id)
    return len(sheets)
