"""A partner's integrations: listed, added, changed, blocked, removed, and given tokens."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.users.locking import removed_message
from accounts.views.team.base import TeamChangeMixin, TeamMixin
from accounts.views.team.lists import customers_of, role_names
from accounts.views.user import saved
from accounts.views.user_rows import State
from customers.actions import Action
from customers.errors import Refused
from customers.formats import was_removed
from customers.models import AuditEvent
from customers.views.activity import plain_lines
from customers.views.partner import PartnerRowMixin

from ..forms.integrations import IntegrationForm
from ..models import Token, TokenKind
from ..services.integrations import (
    add_integration,
    block_integration,
    change_integration,
    remove_integration,
)
from ..services.tokens import MOST_SECRETS
from .new_tokens import (
    HolderMixin,
    NewTokenMixin,
    TokenAddMixin,
    TokenRevokeMixin,
    shown_still,
)
from .token_rows import soonest_end, token_rows

EVENTS = 5


@dataclass(frozen=True, slots=True)
class IntegrationRow:
    """A row of the list."""

    integration: User
    customers: str
    # Those that are worth something, with secrets.
    tokens: list[Token]

    @property
    def roles(self) -> str:
        return role_names(self.integration)

    @property
    def state(self) -> State:
        return state_of_integration(self.integration)

    @property
    def ends(self) -> State | None:
        return soonest_end(self.tokens)

    @property
    def last_used_at(self) -> Any:
        return max((one.last_used_at for one in self.tokens if one.last_used_at), default=None)


def state_of_integration(integration: User) -> State:
    if integration.blocked_at:
        return State("danger", _("Blocked"))
    return State("success", _("Active"))


class IntegrationListView(TeamMixin):
    template_name = "api/integration_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        living = Token.objects.living().filter(epoch=F("user__session_epoch"))
        open_to = Count("allowed_customers", filter=Q(limited_to_customers=True))
        found: Any = (
            User.objects.with_roles()
            .active()
            .integrations_of(self.partner)
            .annotate(chosen=open_to)
            .prefetch_related(Prefetch("tokens", living.select_related("user"), "living_tokens"))
            .order_by("sort_name", "pk")
        )
        return super().get_context_data(**kwargs) | {
            "rows": [
                IntegrationRow(
                    row,
                    customers_of(row.chosen if row.limited_to_customers else None),
                    row.living_tokens,
                )
                for row in found
            ]
        }


class IntegrationAddView(TeamChangeMixin):
    """The page that adds an integration; its tokens are added on its own page."""

    template_name = "api/integration_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=IntegrationForm(self.kept or None, partner=self.partner))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = IntegrationForm(request.POST, partner=self.partner)
        if not form.is_valid():
            return self.page(form=form)
        try:
            added = add_integration(
                form.cleaned_data["name"],
                roles=form.chosen_roles(),
                customers=form.chosen(),
                actor=self.actor,
            )
        except Refused as refusal:
            return self.refused(form, refusal)
        text = _("%(name)s is added. Now give it a token or a secret.")
        messages.success(request, text % {"name": added.display_name})
        return redirect("api:integration-detail", added.pk)

    def refused(self, form: IntegrationForm, refusal: Refused) -> HttpResponse:
        """Say the refusal, or lead to what the first of two clicks has added."""
        own = User.objects.with_roles().active().integrations_of(self.partner)
        twin = own.filter(display_name=form.cleaned_data["name"], tokens=None).first()
        if twin is not None and twin.roles == form.chosen_roles():
            events = AuditEvent.objects.of_team(self.partner.pk).about(twin)
            mine = events.filter(action=Action.INTEGRATION_ADDED, actor_id=self.actor.pk)
            if mine.exists() and events.count() == 1:
                text = _("%(name)s was added already.") % {"name": twin.display_name}
                messages.info(self.request, text)
                return redirect("api:integration-detail", twin.pk)
        form.refuse(refusal)
        return self.page(form=form)


class _Gone(Exception):
    """The integration was removed, perhaps by the first of two clicks."""


class IntegrationMixin(PartnerRowMixin[User], TeamChangeMixin, HolderMixin):
    """A page about one integration; of one that was removed it says so, in the list."""

    named = "integration"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except _Gone:
            text = removed_message(self.integration)
            messages.info(request, text)
            return redirect("api:integration-list")

    def rows(self) -> QuerySet[User]:
        found = User.objects.with_roles().living_or_restorable().integrations_of(self.partner)
        return found.select_related("blocked_by", "partner")

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        if self.integration.deleted_at:
            raise _Gone

    @property
    def integration(self) -> User:
        return self.row

    def holder(self) -> User:
        return self.row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"integration": self.integration}

    def to_holder(self) -> HttpResponse:
        return redirect("api:integration-detail", self.integration.pk)

    def to_token(self, token: Token) -> HttpResponse:
        return redirect("api:integration-token", self.integration.pk, token.pk)


class IntegrationDetailView(IntegrationMixin):
    template_name = "api/integration_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.is_valid():
            return self.page(form=form)
        try:
            changes = change_integration(
                self.integration,
                form.cleaned_data["name"],
                roles=form.chosen_roles(),
                customers=form.chosen(),
                actor=self.actor,
                seen=form.cleaned_data["seen"],
            )
        except Refused as refusal:
            form.refuse(refusal)
            return self.page(form=form)
        messages.success(request, saved(changes))
        return self.to_holder()

    def form(self) -> IntegrationForm:
        sent = self.request.POST or self.kept or None
        return IntegrationForm(sent, partner=self.partner, integration=self.integration)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = AuditEvent.objects.of_team(self.partner.pk).about(self.integration)
        held = token_rows(Token.objects.filter(user=self.integration), self.actor)
        log = reverse("accounts:team-activity")
        secrets = [row for row in held if row.is_secret]
        return super().get_context_data(**kwargs) | {
            "state": state_of_integration(self.integration),
            "shown_still": shown_still(self.request, held),
            "events": plain_lines(events.newest_first()[:EVENTS]),
            "events_url": f"{log}?user_id={self.integration.pk}",
            "tokens": [row for row in held if not row.is_secret],
            "secrets": secrets,
            "may_add_secret": sum(row.is_valid for row in secrets) < MOST_SECRETS,
        }


class ConfirmedMixin(IntegrationMixin):
    """Something that is done to an integration, asked once more."""

    template_name = "api/integration_confirm.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.act()
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.to_holder()

    def act(self) -> HttpResponse:
        raise NotImplementedError

    def say(self, text: str) -> None:
        messages.success(self.request, text % {"name": self.integration.display_name})


class IntegrationBlockView(ConfirmedMixin):
    extra_context = {**TeamMixin.extra_context, "tone": "danger"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Block"),
            "points": [
                _("All its tokens and secrets stop working at once, for good."),
                _("Its pending actions are canceled."),
                _("It can be allowed again, and then needs new tokens."),
            ],
        }

    def act(self) -> HttpResponse:
        block_integration(self.integration, blocked=True, actor=self.actor)
        self.say(_("%(name)s is blocked."))
        return self.to_holder()


class IntegrationAllowView(ConfirmedMixin):
    extra_context = {**TeamMixin.extra_context, "tone": "primary"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Allow"),
            "points": [_("Earlier tokens stay invalid: add new ones.")],
        }

    def act(self) -> HttpResponse:
        block_integration(self.integration, blocked=False, actor=self.actor)
        self.say(_("%(name)s is allowed again."))
        return self.to_holder()


class IntegrationRemoveView(ConfirmedMixin):
    extra_context = {**TeamMixin.extra_context, "tone": "danger"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Remove integration"),
            "points": [
                _("Its client ID, tokens and secrets stop working. This can't be undone."),
                _("Its pending actions are canceled."),
                _("The activity log keeps what it did, with the name."),
            ],
        }

    def act(self) -> HttpResponse:
        remove_integration(self.integration, actor=self.actor)
        messages.success(self.request, was_removed(self.integration.display_name))
        return redirect("api:integration-list")


class IntegrationTokenAddView(TokenAddMixin, IntegrationMixin):
    kind = TokenKind.INTEGRATION


class IntegrationSecretAddView(TokenAddMixin, IntegrationMixin):
    kind = TokenKind.SECRET


class IntegrationTokenView(NewTokenMixin, IntegrationMixin):
    """A new token or secret of the integration, until Done."""


class IntegrationTokenRevokeView(TokenRevokeMixin, IntegrationMixin):
    """Revoking a token or secret of the integration."""
