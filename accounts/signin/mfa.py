"""Two-step sign-in: who must have it, who has it, and what allauth asks us about it."""

import json
from collections.abc import Iterable
from typing import Any

import qrcode
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from customers import scope

from ..models import User
from .allauth_internals import get_authentication_records
from .encryption import seal, unseal
from .lookup import scope_of

Type = Authenticator.Type
# What is a second step by itself; recovery codes only stand in for one of these.
STEPS = (Type.TOTP, Type.WEBAUTHN)


def must_have_second_step(user: User) -> bool:
    """Return whether the user must have one: all staff, while REQUIRE_MFA is on."""
    return bool(settings.REQUIRE_MFA) and user.customer_id is None


def has_second_step(user: AbstractBaseUser) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=STEPS).exists())


def having_second_step(users: Iterable[User]) -> set[int]:
    """The ids of those who have one; one query for all."""
    steps = Authenticator.objects.filter(user__in=[user.pk for user in users], type__in=STEPS)
    return set(steps.values_list("user_id", flat=True))


def took_second_step(request: HttpRequest) -> bool:
    """In this session, however long ago; asks nothing of the database."""
    return any(record["method"] == "mfa" for record in proofs(request))


def last_step_at(request: HttpRequest, method: str) -> float | None:
    """When it was taken last in this session; `method` is "mfa" or "password"."""
    moments = [float(row["at"]) for row in proofs(request) if row["method"] == method]
    return max(moments, default=None)


def proofs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return what the user has proven in this session, each with its `method` and when, `at`."""
    user = request.user if isinstance(request.user, User) else None
    records: list[dict[str, Any]] = get_authentication_records(request, user)
    return records


def as_json(options: Any) -> str:
    """What the browser is to be asked for, for a form's data-options (static/js/passkeys.js)."""
    return json.dumps(options, cls=DjangoJSONEncoder)


class SecondStepStage(AuthenticateStage):
    """Between the password and the second step; over when a new password came between."""

    def handle(self) -> tuple[Any, bool]:
        """Asked in the user's own scope: in nobody's there would be no step to take."""
        with scope.within(scope_of(self.login.user)):
            response, goes_on = super().handle()
        if response:
            self.state["password"] = self.login.user.get_session_auth_hash()
        return response, goes_on

    def is_over(self) -> bool:
        user = self.login.user
        known = self.state.get("password", "")
        return not user.is_active or not constant_time_compare(known, user.get_session_auth_hash())


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This passkey was not accepted. Try again, or choose another way."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Refused where the key is missing."""
        return unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """On white, whatever the theme: a camera needs the contrast."""
        drawn: str = qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
        return drawn

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": str(user)}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}
