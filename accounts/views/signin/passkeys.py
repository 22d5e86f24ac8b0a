"""Passkeys: made, used to sign in with or without a password, and as a proof later on.

A passkey made here is discoverable and verifies the user (fingerprint, face or PIN), so that it
stands for both steps.
"""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import passthrough_next_redirect_url
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic import FormView

from customers.errors import Refused

from ...forms.passkeys import PasskeyForm
from ...services.second_steps import add_passkey
from ...signin.admission import admit_halfway
from ...signin.allauth_internals import begin_registration
from ...signin.ceremonies import Purpose, begun_for
from ...signin.limits import take
from ...signin.mfa import Type, as_json, has_second_step, must_have_second_step
from ...signin.reauthentication import ProofMixin
from .second_step import after_adding, took_step


class PasskeyAddView(FormView, ProofMixin):  # type: ignore[type-arg]
    template_name = "mfa/webauthn/add_form.html"
    form_class = PasskeyForm
    proof_always = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | self.kept.dict()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        with begun_for(self.request.session, Purpose.REGISTRATION, user):
            options = begin_registration(user, passwordless=True)
        return super().get_context_data(**kwargs) | {
            "options": as_json(options),
            "shut_out": must_have_second_step(user) and not has_second_step(user),
        }

    def form_valid(self, form: PasskeyForm) -> HttpResponse:
        name, credential = form.cleaned_data["name"], form.cleaned_data["credential"]
        try:
            codes_made = add_passkey(name, credential, actor=self.request.user)
        except Refused as refused:
            messages.error(self.request, str(refused))
            return redirect("mfa_index")
        took_step(self.request, Type.WEBAUTHN)
        messages.success(self.request, _("Your passkey is set up."))
        return after_adding(self.request, codes_made=codes_made)


@method_decorator(login_not_required, name="dispatch")
class PasskeySignInView(LoginWebAuthnView):
    """The sign-in by passkey alone; a blocked user is told so only after it was right.

    Not in place of a temporary one: a reset must keep out those who had got at the account before.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if get_adapter().is_ajax(request):
            take(request, "passkey_options")
        with begun_for(request.session, Purpose.SIGN_IN):
            response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.cleaned_data["credential"].user
        if user.must_change_password:
            text = _("Your password was reset. Sign in with the temporary one that you were given.")
            messages.error(self.request, text)
            return self._once_more()
        # The passkey was right: it notes its use, as a row of this user.
        admit_halfway(user)
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        for text in form.errors.get("credential", []):
            messages.error(self.request, text)
        return self._once_more()

    def _once_more(self) -> HttpResponse:
        """Lead to the sign-in page, which leads on to where this one would have."""
        url = passthrough_next_redirect_url(self.request, reverse("account_login"), "next")
        return redirect(url)


class PasskeyProofView(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = self.render_to_response(self.get_context_data(form=form))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth's own leaves out the form that it was given.
        with begun_for(self.request.session, Purpose.PROOF, self.request.user):
            context: dict[str, Any] = super().get_context_data(**kwargs)
        options = as_json(context["js_data"]["request_options"])
        return {**context, "options": options, **kwargs}
