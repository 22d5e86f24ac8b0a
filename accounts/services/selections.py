"""Who is selected in a tab of the browser: a row, so that pages, sorts and long lists keep it."""

import secrets
from collections.abc import Collection, Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.models import Customer
from customers.services.transactions import transactional

from ..models import Selection, User


def draw_token() -> str:
    """For a page; its row is written with the first choice."""
    return secrets.token_urlsafe(32)


@transactional
def choose(
    token: str,
    *,
    shown: Collection[int],
    chosen: Collection[int],
    customer: Customer,
    actor: User,
) -> Selection:
    """Of the people `shown` on a page, those `chosen`; whoever is on other pages stays as is."""
    selection = _take(token, customer, actor)
    on, off = set(shown) & set(chosen), set(shown) - set(chosen)
    ids = set(selection.ids)
    ids = (ids | off) - on if selection.by_filter else (ids | on) - off
    selection.ids = sorted(ids)
    selection.save(update_fields=["ids"])
    return selection


@transactional
def choose_all(
    token: str, *, query: Mapping[str, str], customer: Customer, actor: User
) -> Selection:
    """All whom the filter of the address lets through, whoever that will be."""
    selection = _take(token, customer, actor)
    selection.by_filter, selection.query, selection.ids = True, dict(query), []
    selection.save(update_fields=["by_filter", "query", "ids"])
    return selection


@transactional
def choose_nobody(token: str, *, customer: Customer, actor: User) -> Selection:
    selection = _take(token, customer, actor)
    selection.by_filter, selection.query, selection.ids = False, {}, []
    selection.save(update_fields=["by_filter", "query", "ids"])
    return selection


def freeze(selection: Selection, ids: Sequence[int]) -> None:
    """These are the people whom a confirmation page has shown; the deed is done on them alone."""
    selection.frozen_ids = list(ids)
    selection.save(update_fields=["frozen_ids"])


def drop_selections(owner: User) -> None:
    """At sign-out."""
    Selection.objects.filter(owner=owner).delete()


def drop_expired_selections() -> int:
    return Selection.objects.expired().delete()[0]


def _take(token: str, customer: Customer, actor: User) -> Selection:
    """The row of this token, locked; Refused where the token is somebody else's."""
    own = Selection.objects.of(actor, customer).select_for_update(no_key=True)
    if found := own.filter(token=token).first():
        return found
    try:
        with transaction.atomic():
            return Selection.objects.create(token=token, owner=actor, customer=customer)
    except IntegrityError:
        if found := own.filter(token=token).first():
            return found
        raise Refused(_("This selection is over. Select the people again.")) from None
