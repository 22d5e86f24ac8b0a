from django.urls import reverse

from customers.actions import Action as Event
from customers.roles import Capability
from customers.said import gettext_lazy

from ..models import User
from .base import Action


class RemoveStaff(Action):
    """Removal from the team, one user at a time; there is no undo (accounts.views.team.actions)."""

    name = "remove-staff"
    capability = Capability.MANAGE_TEAM
    events = (Event.STAFF_REMOVED,)
    icon = "trash"
    dangerous = True
    always_grave = True
    label = gettext_lazy("Remove")
    not_self = gettext_lazy("You can't remove yourself. Ask another account admin.")
    text_for_staff = gettext_lazy("Removes this user from the team. The user name becomes free.")

    def url_for(self, user: User) -> str:
        return reverse("accounts:team-remove", args=[user.pk])


REMOVE_STAFF = RemoveStaff()
