from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.client_address import client_address
from customers.formats import figure

from ..models import User
from ..services.second_steps import TOLD_AFTER, wrong_codes_since_sign_in
from ..services.selections import drop_selections
from ..services.sessions import begin_session, forget_session
from ..services.users import choose_password
from ..services.users.me import record_sign_in
from .admission import Credential, NotAdmitted, admit
from .ceremonies import drop
from .devices import meet_device, remember_account
from .limits import take_sign_in
from .mfa import Type, has_second_step


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "Incorrect user name or password. Check both and try again."
        ),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        # Of codes; of passwords, take_sign_in says how long.
        "too_many_login_attempts": _(
            "Too many attempts in a short time. Wait a few minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts are made by a partner or an administrator."""
        return False

    def is_safe_url(self, url: Any) -> bool:
        """Return whether the address may be followed; allauth splits it before it asks for one."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try, which allauth gives back once the password was right."""
        self._login_failed_rl_usage = take_sign_in(request, credentials["username"])

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return the user; an expired password was right, so that this was no wrong try."""
        try:
            user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        except NotAdmitted:
            self._rollback_login_failed_rl_usage()
            raise
        return user

    def post_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse:
        """Record the sign-in after its last step: from now on the device is a known one."""
        count = wrong_codes_since_sign_in(cast(User, user))
        if count >= TOLD_AFTER:
            text = _(
                "%(count)s wrong codes were entered for your account since you last signed in, each"
                " after the correct password. If that was not you, change your password now: choose"
                " Change password, under your name."
            )
            messages.warning(request, text % {"count": figure(count)})
        record_sign_in(cast(User, user))
        meet_device(request, cast(User, user))
        response = cast(HttpResponse, super().post_login(request, user, **kwargs))
        remember_account(request, response, user.get_username())
        return response

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Store the user's choice; raise Refused when a reset came between."""
        choose_password(cast(User, user), password)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Admit the user: from here on the request sees what this user sees."""
        drop(request.session)
        try:
            admit(cast(User, user), Credential(), leads=True)
        except NotAdmitted as refusal:
            # Something has changed between the password and the last step.
            messages.error(request, str(refusal))
            raise ImmediateHttpResponse(redirect("account_login")) from None
        super().login(request, user)
        begin_session(request, cast(User, user))

    def logout(self, request: HttpRequest) -> None:
        """Sign the user out, and drop the selections with the session."""
        forget_session(request)
        if isinstance(request.user, User):
            drop_selections(request.user)
        super().logout(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:me")

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "accounts.signin.mfa.SecondStepStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the second steps where there are any: the password alone then proves nothing."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not user.is_authenticated or not has_second_step(user):
            return [method for method in found if method["id"] == "reauthenticate"]
        named = {
            "mfa_reauthenticate": _("Use a code instead"),
            "mfa_reauthenticate:webauthn": _("Use a passkey instead"),
        }
        steps = [
            {**method, "description": named[method["id"]]}
            for method in found
            if method["id"] in named
        ]
        has_app = Authenticator.objects.filter(user_id=user.pk, type=Type.TOTP).exists()
        return steps if has_app else steps[::-1]

    def can_delete_email(self, email_address: object) -> bool:
        return False
