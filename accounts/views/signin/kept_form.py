"""The way back to a form whose session was over when it was sent."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.generic import TemplateView

from ...signin.kept_forms import KeptForm, find_form, forget_form, typed, values_of


class SameMethodRedirect(HttpResponseRedirect):
    """A redirect after which the browser sends the same form to the other address."""

    status_code = HTTPStatus.TEMPORARY_REDIRECT


class KeptFormView(TemplateView):
    """Shows what was sent, and sends it on to where it was meant to go, once."""

    template_name = "accounts/kept_form.html"
    kept: KeptForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = find_form(request)
        if found is None:
            # It was sent by now, is too old, or another user has signed in.
            return redirect("home")
        self.kept = found
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sent = self.kept.sent
        facts = {"typed": typed(sent), "values": values_of(sent)}
        return super().get_context_data(**kwargs) | facts

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forget_form(request)
        return SameMethodRedirect(self.kept.address)
