"""What the pages of a partner's team have in common."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from customers.models import Partner
from customers.roles import Capability
from customers.tenancy import RoleMixin

from ...models import User
from ...services.users.locking import deleted_message
from ...signin.reauthentication import ProofMixin


class TeamMixin(RoleMixin, TemplateView):
    """A page of the partner's account admins; `self.partner` is theirs."""

    capability = Capability.MANAGE_TEAM
    extra_context = {"section": "team"}

    @property
    def actor(self) -> User:
        return self.request.user

    @property
    def partner(self) -> Partner:
        partner = self.actor.partner
        if partner is None:
            raise Http404
        return partner

    def page(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))


class TeamChangeMixin(TeamMixin, ProofMixin):
    """Every page that changes the team or hands over its passwords, and none that only shows it."""


class _Gone(Exception):
    """The user was removed, perhaps by the first of two clicks."""


class MemberMixin(TeamChangeMixin):
    """A page about one member of the team; of one who was removed it says so, in the list."""

    user: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except _Gone:
            messages.warning(request, deleted_message(self.user))
            return redirect("accounts:team-list")

    def scope(self, **kwargs: Any) -> None:
        users = User.objects.with_roles().living_or_restorable().staff_of(self.partner)
        related = users.select_related("domain", "partner", "blocked_by", "deleted_by")
        found = related.filter(pk=kwargs["user"]).first()
        if found is None:
            raise Http404
        self.user = found
        if found.deleted_at:
            raise _Gone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "shown_user": self.user,
            "is_self": self.user.pk == self.actor.pk,
        }

    def to_user(self) -> HttpResponse:
        return redirect("accounts:team-detail", self.user.pk)
