"""Events of a second step that was wrong; a wrong password leaves none.

To write one takes time, by which a stranger would learn that an account exists, and strangers would
fill another user's log. Here the password was right, or the session is the user's own: it gives
nothing away, and those who look after the account should know. How many events there can be is up
to the limit of codes: what is tried beyond it is not looked at.
"""

from customers.actions import Action
from customers.services.transactions import transactional

from ...models import User
from .record import log
from .wrong import CODE, KNOWN, warn_owner


@transactional
def refuse_step(user: User, kind: str, *, known: bool = False) -> None:
    """Write that a second step was wrong, and warn the owner where it was a code.

    `kind` is CODE for whatever was typed, or the type of an authenticator; `known`: on a device
    where the user has signed in before.
    """
    where = {"where": KNOWN} if known else {}
    log(Action.STEP_REFUSED, user, {"kind": kind, **where}, actor=user)
    if kind == CODE:
        # A passkey can't be guessed.
        warn_owner(user)
