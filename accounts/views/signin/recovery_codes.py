"""Recovery codes: each signs in once in place of the app or the passkey."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from customers.errors import Refused

from ...services.second_steps import make_recovery_codes, read_recovery_codes
from ...signin.mfa import Type
from ...signin.reauthentication import ProofMixin


class OwnCodesMixin(ProofMixin):
    proof_always = True

    def codes(self) -> list[str]:
        """Return the codes; raise Http404 for none, Refused where their key is missing."""
        user = self.request.user
        if not Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).exists():
            raise Http404
        return read_recovery_codes(actor=user)


class RecoveryCodesView(TemplateView, OwnCodesMixin):
    template_name = "mfa/recovery_codes/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        try:
            codes = [f"{code[:4]} {code[4:]}" for code in self.codes()]
        except Refused as refused:
            return context | {"codes": [], "lost": str(refused)}
        return context | {"codes": codes, "to_copy": "\n".join(codes), "lost": ""}


class RecoveryCodesDownloadView(OwnCodesMixin, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            codes = self.codes()
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("mfa_view_recovery_codes")
        lines = [
            _("Recovery codes of %(name)s") % {"name": self.request.user.user_name},
            "",
            *codes,
        ]
        response = HttpResponse("\r\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
        return response


class RecoveryCodesMakeView(TemplateView, ProofMixin):
    template_name = "mfa/recovery_codes/generate.html"
    proof_always = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            make_recovery_codes(actor=self.request.user)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("mfa_index")
        messages.success(
            request, _("These are your new recovery codes. The old ones no longer work.")
        )
        return redirect("mfa_view_recovery_codes")
