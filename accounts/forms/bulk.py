"""What is asked, besides whether, before something is done to many users."""

from typing import Any

from customers.forms.reason import ReasonForm

from ..models import User


class ActionForm(ReasonForm):
    """The form of an action on many users: the reason alone, for most do what their name says.

    Where the same is chosen for all, nothing is chosen beforehand, so that no click alone changes
    users. `actor` is who chooses: what their role can't give is not offered.
    """

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def request(self) -> dict[str, Any]:
        """Return what the action is given, as JSON has it."""
        reason = self.cleaned_data["reason"]
        return {"reason": reason} if reason else {}
