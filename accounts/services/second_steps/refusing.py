"""A second step that was wrong leaves an event in the log; a wrong password leaves none.

To write one takes time, by which a stranger would learn that an account exists, and strangers would
fill the log of somebody else. Here the password was right, or the session is the person's own: it
gives nothing away, and whoever looks after the account should know. How many events there can be is
up to the limit of codes: what is tried beyond it is not looked at.
"""

from customers.actions import Action
from customers.services.transactions import transactional

from ...models import User
from .record import log
from .wrong import CODE, KNOWN, warn_owner


@transactional
def refuse_step(user: User, kind: str, *, known: bool = False) -> None:
    """`kind` is CODE for whatever was typed, or the type of an authenticator.

    `known`: on a device where the person has signed in before.
    """
    where = {"where": KNOWN} if known else {}
    log(Action.STEP_REFUSED, user, {"kind": kind, **where}, actor=user)
    if kind == CODE:
        # A passkey can't be guessed.
        warn_owner(user)
