"""What is grave enough to be proven once more, and what proves it: with pages and without.

The pages ask by accounts.signin.reauthentication, and what is done to many at once says for itself
whether it is grave. A door that has no page to ask on says what it knows, and is refused otherwise:

    require_proof(actor, Act.RESET_PASSWORD, Evidence(standing=token.may_do_grave), target=user)

Grave is all by which a user becomes an administrator or could act as one, and whatever concerns
a partner's staff, support staff, or how one signs in oneself; accounts.signin.reauthentication says
why.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from django.conf import settings
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.roles import is_grave_change

from ..models import User
from .mfa import has_second_step


class Act(Enum):
    """An act on one user at a time, which may be grave."""

    ADD = auto()
    CHANGE = auto()
    DELETE = auto()
    RESET_PASSWORD = auto()
    RESET_SECOND_STEP = auto()
    # Whatever else changes a partner's staff or support staff.
    CHANGE_STAFF = auto()
    # Passwords of others, later than just after they were made.
    READ_PASSWORDS = auto()
    # One's own passkeys, app and recovery codes.
    CHANGE_OWN_SIGN_IN = auto()


# Asked also of users of whom the portal asks nothing else: what guards the account itself.
ALWAYS = {Act.CHANGE_OWN_SIGN_IN}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The moments at which a user gave a proof, in seconds since 1970; None for never.

    `standing` is of a token alone: whether it was made, with a second step, to do what is grave.
    Nothing else counts for it, and nothing else could be asked of a script.
    """

    second_step_at: float | None = None
    password_at: float | None = None
    standing: bool | None = None


def is_grave(act: Act, target: User | None = None, *, roles: Iterable[str] | None = None) -> bool:
    """Return whether this needs a proof; `roles` are those that the user shall have by it."""
    if target is not None and target.customer_id is None:
        return True
    if act in {Act.ADD, Act.CHANGE}:
        return roles is not None and is_grave_change(target.roles if target else (), roles)
    if act in {Act.DELETE, Act.RESET_PASSWORD}:
        return target is not None and target.is_administrator
    return True


def proves(evidence: Evidence, actor: User, *, always: bool = False) -> bool:
    """Return whether nothing needs to be asked; `always`: also of users otherwise not asked."""
    if evidence.standing is not None:
        return evidence.standing
    if _is_recent(evidence.second_step_at):
        return True
    if has_second_step(actor):
        return False
    if not settings.REQUIRE_MFA and not always:
        return True
    return _is_recent(evidence.password_at)


def must_prove(
    actor: User,
    act: Act,
    evidence: Evidence,
    *,
    target: User | None = None,
    roles: Iterable[str] | None = None,
) -> bool:
    """Return whether the actor has to give a proof before this is done to the target."""
    if not is_grave(act, target, roles=roles):
        return False
    return not proves(evidence, actor, always=act in ALWAYS)


def require_proof(
    actor: User,
    act: Act,
    evidence: Evidence,
    *,
    target: User | None = None,
    roles: Iterable[str] | None = None,
) -> None:
    """Raise Refused where the actor must prove who they are, and this door can't ask them."""
    if must_prove(actor, act, evidence, target=target, roles=roles):
        raise unproven()


def unproven() -> Refused:
    return Refused(
        _("This needs a proof that it is you, given a moment ago, by a second step."),
        code="proof-needed",
    )


def _is_recent(at: float | None) -> bool:
    return at is not None and at > time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
