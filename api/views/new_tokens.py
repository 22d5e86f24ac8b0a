"""Adding a token, showing it once, and revoking it: alike for one's own and an integration's."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import User
from accounts.signin.kept_secrets import KeptSecrets
from accounts.signin.reauthentication import ProofMixin
from customers.errors import AlreadyDone, Refused

from ..forms.tokens import TokenForm
from ..limits import days_of, use_of
from ..lookup import hash_of
from ..models import Token, TokenKind
from ..services.tokens import add_token, revoke_token
from .token_rows import TokenRow, token_rows

NEW_TOKENS = KeptSecrets("new-tokens", b"partner portal: token to hand over")


def kept_token(request: HttpRequest, token: Token) -> str:
    """Return the new token's text, or "" where it is not kept here, or worth nothing any more."""
    if not token.is_living:
        return ""
    return NEW_TOKENS.find(request, token.pk, lambda text: hash_of(text) == token.hash)


def shown_still(request: HttpRequest, rows: Iterable[TokenRow]) -> set[int]:
    """Return the numbers of the tokens whose text this user can still see, until Done."""
    return {row.token.pk for row in rows if row.is_valid and kept_token(request, row.token)}


class HolderMixin(ProofMixin, TemplateView):
    """A page about tokens of one user, the holder, for whom the signed-in user may make some.

    class TokenAddView(TokenAddMixin, OwnTokensMixin): ...

    What is done comes first of the bases, then whose tokens they are.
    """

    kind = TokenKind.PERSONAL

    def holder(self) -> User:
        """Return whose tokens they are."""
        raise NotImplementedError

    def to_holder(self) -> HttpResponse:
        """Lead to the page that lists the holder's tokens."""
        raise NotImplementedError

    def to_token(self, token: Token) -> HttpResponse:
        """Lead to the page that shows the text of a new one."""
        raise NotImplementedError

    def page(self, **context: Any) -> HttpResponse:
        raise NotImplementedError

    def scope(self, **kwargs: Any) -> None:
        raise NotImplementedError


class TokenAddMixin(HolderMixin):
    template_name = "api/token_add.html"
    # A token is a way into the account.
    proof_always = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=TokenForm(self.kept or None, user=self.holder()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TokenForm(request.POST, user=self.holder())
        if not form.is_valid():
            return self.page(form=form)
        key, actor = form.cleaned_data["key"], self.request.user
        try:
            made = add_token(self.holder(), form.facts(), actor=actor, kind=self.kind, key=key)
        except AlreadyDone as done:
            # The second of two clicks leads to the token of the first.
            return self.to_token(Token.objects.get(pk=done.batch.pk))  # type: ignore[attr-defined]
        except Refused as refusal:
            form.refuse(refusal)
            return self.page(form=form)
        NEW_TOKENS.keep(request, made.token.pk, made.text)
        return self.to_token(made.token)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"is_secret": self.kind == TokenKind.SECRET}


class OneTokenMixin(HolderMixin):
    """A page about one token of the holder; another's is a 404."""

    token: Token

    def tokens(self) -> QuerySet[Token]:
        return Token.objects.filter(user=self.holder()).select_related("user")

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.token = get_object_or_404(self.tokens(), pk=kwargs["token"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = Token.objects.filter(pk=self.token.pk)
        row = token_rows(own, self.request.user)[0]
        return super().get_context_data(**kwargs) | {"row": row}


class NewTokenMixin(OneTokenMixin):
    """A token: new, with its text until Done for whoever had it made; then what it is used for."""

    template_name = "api/token_new.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = kept_token(request, self.token)
        if not text:
            self.template_name = "api/token_detail.html"
            return self.page(use=use_of(self.token), days=days_of(self.token))
        return self.page(text=text)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        NEW_TOKENS.forget(request, self.token.pk)
        return self.to_holder()


class TokenRevokeMixin(OneTokenMixin):
    template_name = "api/token_confirm.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.token.is_living:
            return self.over()
        return self.page()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            revoked = revoke_token(self.token, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.to_holder()
        if not revoked:
            return self.over()
        NEW_TOKENS.forget(request, self.token.pk)
        messages.success(request, _("%(name)s was revoked.") % {"name": self.token.name})
        return self.to_holder()

    def over(self) -> HttpResponse:
        text = _("%(name)s is no longer valid anyway.") % {"name": self.token.name}
        messages.info(self.request, text)
        return self.to_holder()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Revoke"),
            "points": [
                _("Everything that uses it is refused from now on."),
                _("This can't be undone: to let it in again, add a new one."),
            ],
        }
