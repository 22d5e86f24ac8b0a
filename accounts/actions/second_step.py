from customers.actions import Action as Event
from customers.roles import Capability
from customers.said import gettext as _
from customers.said import gettext_lazy

from ..models import User, UserQuerySet
from ..signin.mfa import has_second_step
from .base import Action


class ResetSecondStep(Action):
    """Reset of a lost second step, for one user at a time; it leaves no batch, and has no undo."""

    name = "second-step"
    capability = Capability.RESET_PASSWORDS
    events = (Event.STEP_RESET,)
    icon = "shield-x"
    always_grave = True
    label = gettext_lazy("Reset two-step sign-in")
    not_self = gettext_lazy("This is your own account: use Two-step sign-in, under your name.")
    text_for_one = gettext_lazy(
        "For a user who lost it: the password alone signs in until a new one is set up."
    )
    text_for_staff = gettext_lazy(
        "For a lost second step: a new one is set up at the next sign-in."
    )

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        return [
            _("Verify who is asking: call back on a number you know."),
            _("Authenticator app, passkeys and recovery codes stop working, and every open session"
              " ends at once."),
            _("The password stays. A new second step can be set up after the next sign-in."),
        ]  # fmt: skip

    def pointless(self, user: User) -> str:
        return "" if has_second_step(user) else no_second_step(user)


def no_second_step(user: User) -> str:
    return _("%(name)s has no second step.") % {"name": user.display_name}


SECOND_STEP = ResetSecondStep()
