from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from customers.actions import Action
from customers.errors import Refused
from customers.formats import added_already
from customers.models import AuditEvent

from ...forms.team import StaffAddForm
from ...models import User
from ...services.staff import add_staff
from .base import TeamChangeMixin
from .staff_passwords import keep


class TeamAddView(TeamChangeMixin):
    """The page that adds staff to the team; the temporary password is on the next one."""

    template_name = "accounts/team_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=StaffAddForm(self.kept or None, partner=self.partner))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StaffAddForm(request.POST, partner=self.partner)
        if not form.is_valid():
            return self.page(form=form)
        try:
            issued = add_staff(form.details(), partner=self.partner, actor=self.actor)
        except Refused as refusal:
            return self.refused(form, refusal)
        keep(request, issued)
        for sentence in form.removed:
            messages.warning(request, sentence)
        return redirect("accounts:team-password", issued.user.pk)

    def refused(self, form: StaffAddForm, refusal: Refused) -> HttpResponse:
        """Say the refusal, or lead to the user whom the first of two clicks has added."""
        if twin := self.twin(form):
            messages.info(self.request, added_already(twin))
            return redirect("accounts:team-detail", twin.pk)
        form.refuse(refusal)
        return self.page(form=form)

    def twin(self, form: StaffAddForm) -> User | None:
        own = User.objects.active().staff_of(self.partner)
        names = {"username": form.typed_name().lower(), **form.values()}
        found = own.filter(last_login=None, **names).first()
        if found is None:
            return None
        added = AuditEvent.objects.of_team(self.partner.pk).about(found)
        mine = added.filter(action=Action.STAFF_ADDED, actor_id=self.actor.pk)
        return found if mine.exists() else None
