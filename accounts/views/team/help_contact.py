"""Whom the partner's users call: printed on slips and written in emails with passwords."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.formats import NOTHING_TO_CHANGE
from customers.forms.fields import say_at_field
from customers.forms.partner import HelpContactForm
from customers.services.partners import change_help_contact

from .base import TeamMixin


class HelpContactView(TeamMixin):
    template_name = "accounts/help_contact.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=HelpContactForm(row=self.partner))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = HelpContactForm(request.POST, row=self.partner)
        if not form.is_valid():
            return self.page(form=form)
        try:
            changed = change_help_contact(self.partner, actor=self.actor, **form.changes())
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.page(form=form)
        if changed:
            messages.success(request, _("The help contact is saved."))
        else:
            messages.info(request, str(NOTHING_TO_CHANGE))
        for notice in form.removed:
            messages.warning(request, notice)
        return redirect("accounts:help-contact")
