"""Mailing a sheet: to whom, and what became of each mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.errors import Refused
from customers.formats import figure

from ...forms.sheets import MailForm
from ...models import Delivery, DeliveryState, MailTo, User
from ...models.credentials import NOT_SENT
from ...services.mail import mail_sheet, users_to_mail
from ...signin.reauthentication import ProofMixin
from .base import UNDER_WAY, SheetMixin

# Of the mails to each user, this many that did not go out are named.
NAMED = 200
# Seconds after which a page asks again: what a server put off for minutes can be asked for less.
SOON, LATER = 2, 30
TONES = {
    DeliveryState.WAITING: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.SENT: "success",
    DeliveryState.FAILED: "danger",
    DeliveryState.NO_ADDRESS: "warning",
    DeliveryState.LEFT_OUT: "warning",
}


class SheetMailView(SheetMixin, ProofMixin):
    template_name = "accounts/sheet_mail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.answer(None)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.answer(request.POST)

    def answer(self, data: Any) -> HttpResponse:
        try:
            form = self.form(data)
        except Refused as refusal:
            return self.gone(refusal)
        if form.is_valid():
            return self.send(form)
        deliveries = list(self.sheet.deliveries.exclude(to=MailTo.USER).order_by("pk"))
        counts = self.counts()
        # By what is shown, not asked anew: a page that shows a mail under way asks again.
        under_way = sum(delivery.state in UNDER_WAY for delivery in deliveries)
        under_way += sum(counts.get(state, 0) for state in UNDER_WAY)
        put_off = self.sheet.deliveries.put_off().count() if under_way else 0
        return self.page(
            form=form,
            lines=[MailLine.of(delivery) for delivery in deliveries],
            user_mails=self.user_mails(counts) if counts else None,
            waits=under_way > put_off,
            ask_after=SOON if under_way > put_off else LATER if put_off else None,
        )

    def form(self, data: Any) -> MailForm:
        ids = users_to_mail(self.sheet)
        reachable = User.objects.active().filter(pk__among=ids).exclude(alternate_email="")
        return MailForm(
            data,
            actor=self.request.user,
            customer=self.customer,
            users=len(ids),
            with_address=reachable.count(),
            initial=self.kept.dict(),
        )

    def send(self, form: MailForm) -> HttpResponse:
        to = MailTo(form.cleaned_data["to"])
        try:
            count = mail_sheet(self.sheet, to, actor=self.request.user)
        except Refused as refusal:
            messages.error(self.request, str(refusal))
            return redirect("accounts:sheet-mail", self.customer.pk, self.sheet.pk)
        if count:
            # Some may be left out again: what became of each stands below.
            text = ngettext(
                "%(count)s email is being processed. Its status is shown below.",
                "%(count)s emails are being processed. Their status is shown below.",
                count,
            )
            messages.info(self.request, text % {"count": figure(count)})
        else:
            messages.info(
                self.request, _("Nothing was sent again: these emails were already sent.")
            )
        return redirect("accounts:sheet-mail", self.customer.pk, self.sheet.pk)

    def counts(self) -> dict[str, int]:
        """Return how many of the mails to each user are in each state."""
        each = self.sheet.deliveries.filter(to=MailTo.USER)
        states = each.order_by().values_list("state")
        return dict(states.annotate(number=Count("pk")))

    def user_mails(self, counts: Mapping[str, int]) -> "UserMails":
        """Return the mails to each user as counted; those that did not go out by name."""
        unsent = self.sheet.deliveries.filter(to=MailTo.USER).to_ask_again()
        named = list(unsent.select_related("user").order_by("pk")[:NAMED])
        return UserMails(
            [
                StateCount(TONES[state], state.label, counts[state])
                for state in DeliveryState
                if state in counts
            ],
            [MailLine.of(delivery) for delivery in named],
            unsent.count() - NAMED if len(named) == NAMED else 0,
        )


@dataclass(frozen=True, slots=True)
class StateCount:
    tone: str
    label: Any
    number: int


@dataclass(frozen=True, slots=True)
class MailLine:
    """One mail: to whom, how it stands, and to whom it can be sent again, if it can."""

    to: str
    users: int
    tone: str
    state: str
    reason: str
    at: Any
    next_try: datetime | None
    again: str

    @classmethod
    def of(cls, delivery: Delivery) -> "MailLine":
        state = DeliveryState(delivery.state)
        to = delivery.user.display_name if delivery.user else delivery.get_to_display()
        at = delivery.sent_at or delivery.created_at
        next_try = delivery.next_try_at
        told = (TONES[state], str(state.label), delivery.reason, at, next_try)
        again = delivery.to if state in NOT_SENT or next_try else ""
        return cls(to, delivery.users, *told, again)


@dataclass(frozen=True, slots=True)
class UserMails:
    counts: list[StateCount]
    failed: list[MailLine]
    # How many more did not go out.
    more: int
