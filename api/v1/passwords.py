"""Passwords by the API: told once, in the answer to the call that has set them."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.actions.reset import RESET
from accounts.models import User
from accounts.passwords import Password, canonical, make_passwords
from accounts.services.credentials import destroy_sheet
from accounts.services.users import reset_passwords
from customers.models import Customer
from customers.roles import Capability

from . import schemas
from .answers import Told
from .base import actor_of, prove, user_of
from .errors import invalid


def new_password() -> Password:
    return make_passwords(1, 1)[0]


def given_password(
    profile: schemas.SentPassword | None, user: User | None = None
) -> Password | None:
    """Return the temporary password that was sent, or None where there is none.

    ApiError for one that is too easy to guess, and where the user were not to choose another one:
    what somebody else knows is no password.
    """
    if profile is None:
        return None
    if profile.force_change_password is False:
        raise invalid(
            _(
                "A password that an administrator gives has to be changed at the first sign-in:"
                " forceChangePassword can't be false."
            )
        )
    if profile.password is None:
        return None
    try:
        # As it is compared: a temporary one is typed in any case, with or without hyphens.
        validate_password(canonical(profile.password), user)
    except ValidationError as error:
        text = " ".join(error.messages)
        raise invalid(text, data=[f"passwordProfile.password: {text}"]) from None
    # By the slow hash, however long: the portal has not drawn it.
    return Password(profile.password, make_password(canonical(profile.password)))


def reset_to(
    request: HttpRequest, profile: schemas.SentPassword | None, user: User, customer: Customer
) -> Told:
    """Give the user a temporary password, the one that was sent or a new one; return it."""
    user_of(request, customer, user.uuid, Capability.RESET_PASSWORDS)
    if RESET.is_grave_for_one(user):
        prove(request)
    password = given_password(profile, user) or new_password()
    made = {user.pk: (password.plain, password.stored)}
    actor = actor_of(request)
    reset = reset_passwords([user], customer=customer, actor=actor, made=made)
    # It was handed over by this answer: no sheet waits for anybody.
    destroy_sheet(reset.sheet, actor=actor)
    return {"password": password.plain, "forceChangePassword": True}
