"""Two-step sign-in of one's own account: what there is, and the authenticator app."""

import base64
from dataclasses import dataclass
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from customers.errors import Refused
from customers.requests import PortalView

from ...forms.second_step import AppForm
from ...services.second_steps import add_app, recovery_codes_left, remove_step
from ...signin.allauth_internals import generate_totp_secret, record_authentication
from ...signin.ceremonies import Purpose, begun_for
from ...signin.encryption import seal, unseal
from ...signin.mfa import STEPS, Type, as_json, has_second_step, must_have_second_step
from ...signin.reauthentication import ProofMixin

# The secret of an app that is being set up, sealed: the session lies in the database.
_SESSION_KEY = "second_step.app"


@dataclass(frozen=True, slots=True)
class Own:
    """The second steps of one user."""

    app: Authenticator | None
    passkeys: list[Authenticator]
    codes_left: int | None

    @classmethod
    def of(cls, user: Any) -> "Own":
        rows = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
        codes = next((row for row in rows if row.type == Type.RECOVERY_CODES), None)
        return cls(
            next((row for row in rows if row.type == Type.TOTP), None),
            [row for row in rows if row.type == Type.WEBAUTHN],
            recovery_codes_left(codes) if codes else None,
        )


def took_step(request: HttpRequest, kind: str) -> None:
    """Note the proof of a user who has just set a second step up."""
    record_authentication(request, request.user, "mfa", type=kind, reauthenticated=True)


def after_adding(request: HttpRequest, *, codes_made: bool) -> HttpResponse:
    """Lead to new recovery codes, which are to be kept before anything else."""
    return redirect("mfa_view_recovery_codes" if codes_made else "mfa_index")


class SecondStepView(PortalView, TemplateView):
    template_name = "mfa/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        own, must = Own.of(user), must_have_second_step(user)
        is_on = bool(own.app or own.passkeys)
        return super().get_context_data(**kwargs) | {
            "own": own,
            "is_on": is_on,
            "must": must,
            "shut_out": must and not is_on,
        }


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class AppAddView(FormView, ProofMixin):  # type: ignore[type-arg]
    template_name = "mfa/totp/activate_form.html"
    form_class = AppForm
    proof_always = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if Own.of(self.request.user).app:
            return redirect("mfa_index")
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "user": self.request.user,
            "secret": self.secret(),
        }

    def secret(self) -> str:
        """Return the secret, the same until it is set up, so that a reloaded page fits the scan."""
        sealed = self.request.session.get(_SESSION_KEY)
        if sealed:
            try:
                return unseal(sealed)
            except Refused:
                # The keys were changed meanwhile.
                pass
        secret: str = generate_totp_secret()
        self.request.session[_SESSION_KEY] = seal(secret)
        return secret

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user, adapter, secret = self.request.user, get_adapter(), context["form"].secret
        picture = adapter.build_totp_svg(adapter.build_totp_url(user, secret)).encode()
        return context | {
            "picture": f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}",
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "shut_out": must_have_second_step(user) and not has_second_step(user),
        }

    def form_valid(self, form: AppForm) -> HttpResponse:
        try:
            codes_made = add_app(form.secret, used_step=form.used_step, actor=self.request.user)
        except Refused as refused:
            messages.error(self.request, str(refused))
            return redirect("mfa_index")
        self.request.session.pop(_SESSION_KEY, None)
        took_step(self.request, Type.TOTP)
        messages.success(self.request, _("Your authenticator app is set up."))
        return after_adding(self.request, codes_made=codes_made)


class StepRemoveView(TemplateView, ProofMixin):
    """The removal of the app, or of the passkey in the address: asks by GET, removes by POST."""

    template_name = "mfa/remove.html"
    proof_always = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        others = Authenticator.objects.filter(user=self.request.user, type__in=STEPS)
        context = super().get_context_data(**kwargs)
        return context | {
            "step": (step := self.step()),
            "last": others.exclude(pk=step.pk).count() == 0,
        }

    def step(self) -> Authenticator:
        kind = Type.WEBAUTHN if "pk" in self.kwargs else Type.TOTP
        own = Authenticator.objects.filter(user=self.request.user, type=kind)
        found = own.filter(**self.kwargs).first()
        if found is None:
            raise Http404
        return found

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_step(self.step(), actor=self.request.user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Removed. It can no longer be used to sign in."))
        return redirect("mfa_index")


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class SecondStepSignInView(AuthenticateView):
    """The second step after a right password, before which nobody is told that there is one."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.stage.is_over():
            messages.error(request, _("Your account has been changed. Sign in again."))
            over: HttpResponse = self.stage.abort()
            return over
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.stage.login.user
        with begun_for(self.request.session, Purpose.SECOND_STEP, user):
            context: dict[str, Any] = super().get_context_data(**kwargs)
        own = Own.of(user)
        options = as_json(context["js_data"]["request_options"])
        return context | {"own": own, "options": options}
