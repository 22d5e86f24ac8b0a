"""Restoring deleted users: first what comes back, then the action, if that is still so."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.errors import Refused
from customers.formats import first_of
from customers.forms.reason import ReasonForm, told_reason
from customers.roles import Capability, who_can
from customers.services.batches import new_key
from customers.tenancy import require

from ..actions.restore import RESTORE
from ..forms.restore import RestoreForm, unpack
from ..models import User
from ..services.returns import Choices, Desk, Return, differences, fingerprint, time_is_over
from ..services.running import perform
from ..signin.reauthentication import ProofMixin
from .batches.detail import ADDRESS_LENGTH
from .bulk_selection import ChosenMixin, Differences
from .licenses import buy_more_url

# What the page reads of a user.
FIELDS = (
    "customer_id",
    "display_name",
    "user_name",
    "usage_location",
    "blocked_at",
    "temporary_password_set_at",
    "starts_at",
    "deleted_at",
    "purge_after",
)


class UserRestoreView(ChosenMixin, TemplateView, ProofMixin):
    """One table for all of them, where names, seats and whom to skip are decided."""

    action = RESTORE
    capability = RESTORE.capability
    list_name = "accounts:user-deleted"
    template_name = "accounts/user_restore.html"

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.sort_out()

    def sort_out(self) -> None:
        """Find whom the page is about, in the order of the list, and who is left out, with why."""
        actor, now = self.request.user, timezone.now()
        place = {pk: number for number, pk in enumerate(self.chosen)}
        found = User.objects.with_roles().filter(customer=self.customer, pk__among=self.chosen)
        chosen = sorted(found.only(*FIELDS), key=lambda user: place[user.pk])
        gone = [user for user in chosen if user.deleted_at]
        barred = [user for user in gone if not actor.can(self.capability, user)]
        if barred and len(barred) == len(chosen):
            require(actor, self.capability, barred[0])
        final = [user for user in gone if user.purge_after is None or user.purge_after <= now]
        out = {user.pk for user in (*barred, *final)}
        self.users = [user for user in gone if user.pk not in out]
        living = _("%(name)s is not deleted.")
        admin = _(
            "%(name)s is an administrator, whom your role can't manage, and is skipped."
            " A Global administrator or your partner can restore this user."
        )
        self.notes = [
            *first_of(
                living % {"name": each.display_name} for each in chosen if not each.deleted_at
            ),
            *first_of(admin % {"name": each.display_name} for each in barred),
            *first_of(time_is_over(user.display_name) for user in final),
        ]
        self.desk = Desk(self.users, self.customer)

    def needs_proof(self) -> bool:
        return any(self.action.is_grave_for_one(user) for user in self.users)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.form(self.desk.plan(), sent=self.kept or None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        selection = self.differences()
        if selection:
            self.sort_out()
        returns = self.desk.plan()
        form = self.form(returns, sent=request.POST)
        if selection:
            return self.page(form, selection=selection)
        if not self.users:
            return self.page(form)
        if changed := differences(form.seen, returns):
            return self.page(form, changed)
        # All that is wrong is said at once: names are tried although a box may be wrong too.
        valid, choices = form.is_valid(), form.choices()
        final = self.desk.plan(choices)
        if form.refuse(final) or not valid:
            return self.page(form)
        return self.restore(form, choices, fingerprint(final))

    def form(self, returns: Sequence[Return], *, sent: QueryDict | None = None) -> RestoreForm:
        return RestoreForm(
            sent,
            returns=returns,
            subscriptions=self.desk.subscriptions,
            seen=unpack(sent.get("seen", "")) if sent else None,
        )

    def restore(self, form: RestoreForm, choices: Choices, expected: str) -> HttpResponse:
        try:
            batch = perform(
                self.action.kind,
                [user.pk for user in self.users],
                customer=self.customer,
                actor=self.request.user,
                key=self.request.POST.get("key", ""),
                request=choices.as_request()
                | {"expected": expected, "reason": told_reason(self.request.POST)},
            )
        except Refused as refusal:
            self.sort_out()
            returns = self.desk.plan()
            changed = [str(refusal), *differences(form.seen, returns)]
            return self.page(self.form(returns, sent=self.request.POST), changed)
        return self.result(batch)

    def page(
        self,
        form: RestoreForm,
        changed: Sequence[str] = (),
        *,
        selection: Differences | None = None,
    ) -> HttpResponse:
        self.show_chosen()
        actor, here = self.request.user, self.request.get_full_path()
        if len(here) > ADDRESS_LENGTH // 2:
            # Where to come back to after seats were bought, which names too many.
            here = reverse("accounts:user-deleted", args=[self.customer.pk])
        staff = actor.partner_id is not None
        context = self.get_context_data(
            form=form,
            reason_form=ReasonForm(self.request.POST or self.kept or None),
            seats=[
                (seats, buy_more_url(seats.subscription, here, seats=seats.for_all))
                for seats in form.seats
            ],
            may_buy=actor.can(Capability.MANAGE_SUBSCRIPTIONS),
            who_buys=who_can(Capability.MANAGE_SUBSCRIPTIONS, staff=staff),
            notes=self.notes,
            changed=changed,
            differences=selection,
            frozen=self.frozen,
            list_url=self.list_url,
            key=new_key(),
        )
        return self.render_to_response(context)
