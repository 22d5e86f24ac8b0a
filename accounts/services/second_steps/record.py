"""What each action on second steps begins and ends with: a lock, and a line in the log."""

from typing import Any

from customers.actions import Action
from customers.errors import Refused
from customers.said import gettext as _
from customers.services import audit

from ...models import User


def lock_user(user: User) -> User:
    """Return the user's fresh row, locked, so that two tabs wait for each other.

    Refused when the session is over.
    """
    rows = User.objects.select_related("customer", "partner")
    fresh = rows.select_for_update(no_key=True, of=("self",)).filter(pk=user.pk).first()
    if fresh is None or not fresh.is_active or fresh.session_epoch != user.session_epoch:
        raise Refused(_("You have been signed out. Sign in again."), code="signed-out")
    return fresh


def log(
    action: Action,
    user: User,
    changes: dict[str, Any] | None = None,
    *,
    actor: User,
    personal: dict[str, Any] | None = None,
) -> None:
    """Write an event: never with a secret, a code, or the credential of a passkey."""
    entry = audit.Entry(action, user, changes or {}, personal or {})
    audit.record([entry], actor=actor, customer=user.customer, partner=user.partner)
