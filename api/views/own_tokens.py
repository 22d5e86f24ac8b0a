"""One's own tokens, by which scripts act as oneself: below My account, for whoever has a role."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from customers.roles import Capability
from customers.tenancy import RoleMixin

from ..models import Token
from .new_tokens import HolderMixin, NewTokenMixin, TokenAddMixin, TokenRevokeMixin, shown_still
from .token_rows import token_rows


class OwnTokensMixin(RoleMixin, HolderMixin):
    """A page about one's own tokens."""

    capability = Capability.SEE

    def holder(self) -> User:
        return self.request.user

    def page(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))

    def to_holder(self) -> HttpResponse:
        return redirect("api:token-list")

    def to_token(self, token: Token) -> HttpResponse:
        return redirect("api:token-detail", token.pk)


class TokenListView(OwnTokensMixin):
    template_name = "api/token_list.html"

    def needs_proof(self) -> bool:
        return False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Token.objects.filter(user=self.request.user.pk)
        rows = token_rows(own, self.request.user)
        return super().get_context_data(**kwargs) | {
            "rows": rows,
            "shown_still": shown_still(self.request, rows),
        }


class TokenAddView(TokenAddMixin, OwnTokensMixin):
    """The page that adds a token of one's own; its text is on the next one."""


class TokenDetailView(NewTokenMixin, OwnTokensMixin):
    """A new token of one's own, until Done."""


class TokenRevokeView(TokenRevokeMixin, OwnTokensMixin):
    """Revoking one's own, which needs no proof: it takes rights, and gives none."""

    def needs_proof(self) -> bool:
        return False
