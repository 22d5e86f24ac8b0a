"""Licenses that something else keeps than the hand that would take them.

What it is, accounts do not know: an app above has its question asked before licenses are changed by
hand.
"""

from collections.abc import Callable, Sequence

from customers.models import Batch

from .planning import Step

# Called with what is about to be done, under the locks of the users. Raises Refused.
Check = Callable[[Sequence[Step]], None]

# Called as change_licenses is; makes an exception to whatever is in the way.
Despite = Callable[..., Batch]

_checks: list[Check] = []
_despite: list[Despite] = []


def held_elsewhere(check: Check) -> Check:
    """Have this asked before licenses are changed by hand; it may be used as a decorator."""
    if check not in _checks:
        _checks.append(check)
    return check


def check_held_elsewhere(steps: Sequence[Step]) -> None:
    """Raise Refused where a license is to be taken or changed that is not the hand's to take."""
    if any(step.released or step.switched for step in steps):
        for check in _checks:
            check(steps)


def taken_despite(change: Despite) -> Despite:
    """Have this change licenses where a user has asked for exceptions."""
    _despite[:] = [change]
    return change


def change_despite() -> Despite | None:
    """Return what changes licenses with exceptions, if anything can be in the way."""
    return next(iter(_despite), None)
