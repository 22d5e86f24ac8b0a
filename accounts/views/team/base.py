"""What the pages of a partner's team have in common."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from customers.roles import Capability
from customers.views.partner import PartnerMixin, PartnerRowMixin

from ...models import User
from ...services.users.locking import deleted_message
from ...signin.reauthentication import ProofMixin


class TeamMixin(PartnerMixin):
    """A page of the partner's account admins."""

    capability = Capability.MANAGE_TEAM
    extra_context = {"section": "team"}


class TeamChangeMixin(TeamMixin, ProofMixin):
    """Every page that changes the team or hands over its passwords, and none that only shows it."""


class _Gone(Exception):
    """The user was removed, perhaps by the first of two clicks."""


class MemberMixin(PartnerRowMixin[User], TeamChangeMixin):
    """A page about one member of the team; of one who was removed it says so, in the list."""

    named = "user"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except _Gone:
            messages.warning(request, deleted_message(self.user))
            return redirect("accounts:team-list")

    def rows(self) -> QuerySet[User]:
        users = User.objects.with_roles().living_or_restorable().staff_of(self.partner)
        return users.select_related("domain", "partner", "blocked_by", "deleted_by")

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        if self.user.deleted_at:
            raise _Gone

    @property
    def user(self) -> User:
        return self.row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "shown_user": self.user,
            "is_self": self.user.pk == self.actor.pk,
        }

    def to_user(self) -> HttpResponse:
        return redirect("accounts:team-detail", self.user.pk)
