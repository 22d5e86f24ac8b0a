"""Selections: who is selected in a tab of the browser, as a row that pages and sorts keep."""

import secrets
from collections.abc import Collection, Mapping, Sequence

from django.db import IntegrityError, transaction

from customers.errors import Refused
from customers.models import Customer
from customers.roles import Capability
from customers.said import gettext as _
from customers.services.permission import check_actor
from customers.services.transactions import transactional

from ..models import Selection, User
from ..models.selections import TOKEN
from ..queries.selections import filter_of, filtered_count, matching_users

WRITTEN = ["by_filter", "query", "ids", "extra", "found"]


def draw_token() -> str:
    """Return the token of a new selection for a page; its row is written with the first choice."""
    return secrets.token_urlsafe(32)


@transactional
def choose(
    token: str,
    *,
    shown: Collection[int],
    chosen: Collection[int],
    customer: Customer,
    actor: User,
    begun: bool = False,
) -> Selection:
    """Select of the users `shown` on a page those `chosen`; users on other pages stay as they are.

    `begun` tells that the page knew of earlier choices: Refused when their row is gone.
    """
    selection = _take(token, customer, actor, begun=begun)
    on, off = set(shown) & set(chosen), set(shown) - set(chosen)
    if selection.by_filter:
        matching = matching_users(customer, selection.query).filter(pk__among=list(shown))
        inside = set(matching.values_list("pk", flat=True))
        selection.ids = sorted((set(selection.ids) | (off & inside)) - on)
        selection.extra = sorted((set(selection.extra) | (on - inside)) - off)
    else:
        selection.ids = sorted((set(selection.ids) | on) - off)
    selection.save(update_fields=WRITTEN)
    return selection


@transactional
def choose_all(
    token: str, *, query: Mapping[str, str], customer: Customer, actor: User
) -> Selection:
    """Select all whom the filter of the address lets through, also those who come later."""
    selection = _take(token, customer, actor)
    chosen = filter_of(customer, query)
    selection.by_filter, selection.query, selection.ids = True, chosen.query(), []
    selection.extra, selection.found = [], filtered_count(customer, chosen)
    selection.save(update_fields=WRITTEN)
    return selection


@transactional
def choose_nobody(token: str, *, customer: Customer, actor: User) -> Selection:
    """Empty the selection."""
    selection = _take(token, customer, actor)
    selection.by_filter, selection.query, selection.ids = False, {}, []
    selection.extra, selection.found = [], None
    selection.save(update_fields=WRITTEN)
    return selection


def freeze(selection: Selection, ids: Sequence[int]) -> None:
    """Keep the users whom a confirmation page has shown; the action is done to them alone."""
    selection.frozen_ids = list(ids)
    selection.save(update_fields=["frozen_ids"])


def drop_selections(owner: User) -> None:
    """Delete the selections of a user, as signing out does."""
    Selection.objects.filter(owner=owner).delete()


def drop_expired_selections() -> int:
    """Delete the selections whose day is over; return how many."""
    return Selection.objects.expired().delete()[0]


def _take(token: str, customer: Customer, actor: User, *, begun: bool = False) -> Selection:
    """Return the row of this token, locked. Refused where it is over, or another user's."""
    check_actor(actor, Capability.SEE, customer=customer)
    own = Selection.objects.of(actor, customer).select_for_update(no_key=True)
    if found := own.named(token).first():
        return found
    if begun or not TOKEN.fullmatch(token):
        raise Refused(over_message(), code="selection-over")
    try:
        with transaction.atomic():
            return Selection.objects.create(token=token, owner=actor, customer=customer)
    except IntegrityError:
        if found := own.named(token).first():
            return found
        raise Refused(over_message(), code="selection-over") from None


def over_message() -> str:
    """Return the sentence for a selection that is gone."""
    return _("This selection has expired. Select the users again.")
