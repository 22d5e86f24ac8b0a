"""What lists of tokens and pages of one show of it, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from accounts.views.user_rows import State
from customers.formats import names_and_more
from customers.models import Customer
from customers.roles import Capability

from ..capability_words import label_of
from ..models import Token, TokenKind, TokenQuerySet
from ..models.tokens import ENDED
from ..services.ending import AHEAD

# More customers than these are counted.
NAMED = 3


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as lists show it."""

    token: Token
    customers: str
    state: State

    @property
    def permissions(self) -> str:
        order = {one.value: place for place, one in enumerate(Capability)}
        held = sorted(self.token.capabilities, key=lambda name: order.get(name, len(order)))
        return ", ".join(map(label_of, held))

    @property
    def networks(self) -> str:
        return ", ".join(self.token.networks) or str(_("From everywhere"))

    @property
    def is_secret(self) -> bool:
        return self.token.kind == TokenKind.SECRET

    @property
    def is_valid(self) -> bool:
        return self.token.is_living and self.token.epoch == self.token.user.session_epoch


def token_rows(tokens: TokenQuerySet, seen_by: User) -> list[TokenRow]:
    """Return the rows by two queries; of customers those are named that the user sees."""
    shown = Customer.objects.visible_to(seen_by).order_by("name", "pk").only("name")
    rows = tokens.for_list().prefetch_related(Prefetch("customers", queryset=shown))
    return [TokenRow(token, _customers(token), state_of(token)) for token in rows]


def _customers(token: Token) -> str:
    if token.all_customers:
        return _("All")
    names = [customer.name for customer in token.customers.all()]
    if len(names) <= NAMED:
        return ", ".join(names) or str(_("None"))
    return names_and_more(", ".join(names[:NAMED]), len(names) - NAMED)


def state_of(token: Token) -> State:
    """Return whether a token is worth anything, and for how long if that is not long."""
    left = token.ends_at - timezone.now()
    if token.revoked_at is not None:
        return State("neutral", pgettext("token", "Revoked"))
    if left.total_seconds() <= 0:
        return State("neutral", _("Expired"))
    if token.epoch != token.user.session_epoch:
        # By a block, a delete or another password of its user.
        return State("neutral", str(ENDED))
    if left > AHEAD:
        return State("success", _("Active"))
    if not left.days:
        return State("warning", _("Ends within a day"))
    text = ngettext("Ends in %(count)s day", "Ends in %(count)s days", left.days)
    return State("warning", text % {"count": left.days})


def soonest_end(tokens: Iterable[Token]) -> State | None:
    """Return the mark of the token that ends first, where it is marked at all."""
    states = [(token.ends_at, state_of(token)) for token in tokens]
    marked = [(ends_at, state) for ends_at, state in states if state.tone == "warning"]
    return min(marked, key=lambda pair: pair[0])[1] if marked else None
