"""What the frame of every page counts, by one query: notices, what is at work, what waits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.db import router
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.models import CredentialSheet, User
from accounts.views.batches.base import seen_by
from automation.queries.bell import is_told, to_count
from automation.views.requests.answering import open_requests
from customers.expressions import RowsOf
from customers.log.events import CountOf
from customers.models import BatchState, Customer
from customers.narrowing import narrowing_of
from customers.places.rows import Favorite
from customers.roles import Capability, Role
from uploads.models import Upload, UploadState

from .compiled import Compiled

# Of batches or uploads, by the names of their fields.
Rows = Sequence[Mapping[str, Any]]

# More of each kind are not counted.
MOST = 99
# Among what is counted at a customer.
STAR = "favorite"

# Numbers that no row has, in the places of the user's and of the customer's whose page it is.
USER, PARTNER, OWN_CUSTOMER, CUSTOMER = -1_000_001, -1_000_002, -1_000_003, -1_000_004


@dataclass(frozen=True, slots=True)
class Counts:
    """What a page's frame shows: how many new notices, the rows of what is at work, and, by the
    segment of its entry in the customer's menu or `STAR`, how much waits.
    """

    new: int = 0
    batches: Rows = ()
    uploads: Rows = ()
    waiting: Mapping[str, int] = field(default_factory=dict)


class Asker(NamedTuple):
    """All of a user on which it depends what is counted, but for the numbers of rows."""

    of_partner: bool
    limited_to_customers: bool
    roles: tuple[Role, ...]

    def user(self) -> User:
        """Return a user who has nothing else, with stand-ins for the numbers."""
        user = User(
            pk=USER,
            partner_id=PARTNER if self.of_partner else None,
            customer_id=None if self.of_partner else OWN_CUSTOMER,
            limited_to_customers=self.limited_to_customers,
        )
        user.roles = self.roles
        return user


class Statement(NamedTuple):
    names: Sequence[str]
    compiled: Compiled


def counts_on(request: HttpRequest) -> Counts:
    """Return what is counted on this page, asked for once."""
    known: Counts | None = getattr(request, "frame_counts", None)
    if known is None:
        user = getattr(request, "user", None)
        known = counts_for(
            user if isinstance(user, User) else None, getattr(request, "customer", None)
        )
        cast("Any", request).frame_counts = known
    return known


def counts_for(user: User | None, customer: Customer | None = None) -> Counts:
    """Return what is counted for this user; with what waits at a customer, where one is given."""
    if user is None or not is_told(user):
        return Counts()
    database = router.db_for_read(User)
    if narrowing_of(user.pk):
        # What a token leaves of the rights is not among what a statement is kept by.
        statement = _statement(user, customer, database)
    else:
        asker = Asker(user.partner_id is not None, user.limited_to_customers, user.roles)
        statement = _kept_statement(asker, database, at_customer=customer is not None)
    given = {
        USER: user.pk,
        PARTNER: user.partner_id,
        OWN_CUSTOMER: user.customer_id,
        CUSTOMER: customer and customer.pk,
    }
    # A user who has just been purged has no row to ask from.
    row = next(iter(statement.compiled.rows(given)), ())
    found = dict(zip(statement.names, row, strict=False))
    return Counts(
        found.pop("new", 0),
        json.loads(found.pop("batches", None) or "[]"),
        json.loads(found.pop("uploads", None) or "[]"),
        found,
    )


@lru_cache(maxsize=128)
def _kept_statement(asker: Asker, database: str, *, at_customer: bool) -> Statement:
    """Return the statement of all who have the same rights: to build it takes longer than all else
    of the frame.
    """
    return _statement(asker.user(), Customer(pk=CUSTOMER) if at_customer else None, database)


def _statement(user: User, customer: Customer | None, database: str) -> Statement:
    asked: dict[str, Any] = {"new": CountOf(to_count(user).values("pk"))}
    if user.can(Capability.SEE):
        batches, uploads = _at_work(user)
        asked["batches"] = RowsOf(batches, "pk", "total")
        asked["uploads"] = RowsOf(uploads, "pk", "customer_id")
    if customer:
        waiting = _waiting(user, customer).items()
        asked |= {name: CountOf(rows.order_by().values("pk")) for name, rows in waiting}
    rows = User.objects.filter(pk=user.pk).order_by().values_list(*asked.values())
    return Statement(tuple(asked), Compiled.of(rows, database))


def _at_work(user: User) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """Return the batches and the uploads at work: until its task commits, a batch that has begun is
    waiting too, and an upload that is being added is a batch.
    """
    visible = Customer.objects.visible_to(user)
    batches = seen_by(user).filter(customer__in=visible, state=BatchState.WAITING)
    uploads = Upload.objects.none()
    if user.can(Capability.MANAGE_USERS):
        uploads = Upload.objects.filter(customer__in=visible, state=UploadState.WAITING)
    return batches.order_by()[:MOST], uploads.order_by()[:MOST]


def _waiting(user: User, customer: Customer) -> dict[str, QuerySet[Any, Any]]:
    """Return what is counted at a customer, by the segment of its entry or `STAR`."""
    waiting: dict[str, QuerySet[Any, Any]] = {}
    if user.can(Capability.RESET_PASSWORDS):
        # The database's clock: a moment of ours would be kept with the statement.
        sheets = CredentialSheet.objects.open(Now()).readable_by(user)
        waiting["passwords"] = sheets.filter(customer=customer)
    if user.can(Capability.MANAGE_LICENSES):
        waiting["requests"] = open_requests(customer, user)
    if user.partner_id:
        waiting[STAR] = Favorite.objects.filter(owner=user, customer=customer)
    return waiting
