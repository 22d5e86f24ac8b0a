"""A user of the team: the details, the customers, the temporary password."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.branding.brands import brand_of_partner
from customers.branding.pages import sign_in_page
from customers.errors import Refused
from customers.models import AuditEvent

from ...actions.registry import offered_for
from ...forms.team import StaffChangeForm
from ...services.expiry import password_until
from ...services.staff import change_staff, note_password_shown
from ...services.users import ChangedMeanwhile
from ..edit_conflicts import newer
from ..passwords.base import as_text
from ..user import ActionLink, saved
from ..user_rows import sign_in_state
from .base import MemberMixin
from .lists import customers_of, team_lines
from .staff_passwords import forget, is_kept, slip_of

EVENTS = 10


class TeamDetailView(MemberMixin):
    template_name = "accounts/team_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.is_valid():
            return self.page(form=form)
        try:
            changes = change_staff(
                self.user, form.details(), actor=self.actor, seen=form.cleaned_data["seen"]
            )
        except ChangedMeanwhile as changed:
            renewed = form.renewed(changed.fields, self.actor)
            events = self.events()[:50]
            return self.page(form=renewed, newer=newer(renewed, changed.fields, events))
        except Refused as refusal:
            form.refuse(refusal)
            return self.page(form=form)
        for sentence in [saved(changes), *form.removed]:
            messages.success(request, sentence)
        return self.to_user()

    def form(self) -> StaffChangeForm:
        sent = self.request.POST or self.kept or None
        return StaffChangeForm(sent, partner=self.partner, user=self.user, actor=self.actor)

    def events(self) -> Any:
        return AuditEvent.objects.of_team(self.partner.pk).about(self.user).newest_first()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        limited = self.user.limited_to_customers
        count = self.user.allowed_customers.count() if limited else None
        log = reverse("accounts:team-activity")
        return super().get_context_data(**kwargs) | {
            "sign_in": sign_in_state(self.user),
            "customers": customers_of(count),
            "sees_none": count == 0,
            "events": team_lines(self.events()[:EVENTS], self.partner),
            "events_url": f"{log}?user_id={self.user.pk}",
            "has_password": is_kept(self.request, self.user),
            "actions": self.actions(),
        }

    def actions(self) -> list[ActionLink]:
        is_self = self.user.pk == self.actor.pk
        return [
            ActionLink(action, self.user, action.not_self if is_self else "")
            for action in offered_for(self.user)
        ]


class TeamPasswordView(MemberMixin):
    """The temporary password, for the user who had it made: as often as it takes, until Done."""

    template_name = "accounts/team_password.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            slip = slip_of(request, self.user)
        except Refused as refusal:
            return self.gone(str(refusal))
        if slip is None:
            return self.gone(
                _("This password is no longer here: it was handed over, made by someone"
                  " else, or its time was up. If the user doesn't have it, reset it.")
            )  # fmt: skip
        note_password_shown(self.user, actor=self.actor)
        return self.page(
            slip=slip,
            to_copy=as_text(slip),
            valid_until=password_until(self.user),
            sign_in_url=sign_in_page(
                self.partner, request.build_absolute_uri(reverse("account_login"))
            ),
            slip_brand=brand_of_partner(self.partner),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if forget(request, self.user):
            messages.success(request, _("The temporary password was deleted from the portal."))
        if self.user.limited_to_customers and not self.user.allowed_customers.exists():
            return redirect("accounts:team-customers", self.user.pk)
        return self.to_user()

    def gone(self, why: str) -> HttpResponse:
        messages.warning(self.request, why)
        return self.to_user()
