"""What the frame of every page counts, by one query: notices, what is at work, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, cast

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
from customers.places.rows import Favorite
from customers.roles import Capability
from customers.services.messages import Query, send
from customers.tenancy import Asker, asker_of
from uploads.models import Upload, UploadState

# Of batches or uploads, by the names of their fields.
Rows = Sequence[Mapping[str, Any]]

# More of each kind are not counted.
MOST = 99
# Among what is counted at a customer.
STAR = "favorite"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a page's frame shows: how many new notices, the rows of what is at work, and, by the
    segment of its entry in the customer's menu or `STAR`, how much waits.
    """

    new: int = 0
    batches: Rows = ()
    uploads: Rows = ()
    waiting: Mapping[str, int] = field(default_factory=dict)


class Question(NamedTuple):
    names: tuple[str, ...]
    query: Query


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
    asker = asker_of(user)
    if asker is None:
        asked = _asked(user, customer)
        names, statement = tuple(asked), Query(lambda: _of(user, asked))()
    else:
        names, query = _kept_question(asker, at_customer=customer is not None)
        owner = user.partner_id or user.customer_id or 0
        statement = query(user.pk, owner, customer.pk if customer else 0)
    [answer] = send(statement)
    # A user who has just been purged has no row to ask from.
    row = next(iter(answer.rows), ())
    found = dict(zip(names, row, strict=False))
    new, batches, uploads = (found.pop(name, None) for name in ("new", "batches", "uploads"))
    return Counts(new or 0, batches or [], uploads or [], found)


@lru_cache(maxsize=128)
def _kept_question(asker: Asker, *, at_customer: bool) -> Question:
    """Return the question of all who have the same rights: to write its statement down takes longer
    than all else of the frame.
    """

    def asked(pk: int, owner: int, customer: int) -> tuple[User, dict[str, Any]]:
        user = asker.user(pk, owner)
        return user, _asked(user, Customer(pk=customer) if at_customer else None)

    # Whatever the numbers are: nothing is asked yet.
    _user, names = asked(1, 1, 1)
    return Question(tuple(names), Query(lambda *numbers: _of(*asked(*numbers))))


def _of(user: User, asked: Mapping[str, Any]) -> QuerySet[Any, Any]:
    return User.objects.filter(pk=user.pk).order_by().values_list(*asked.values())


def _asked(user: User, customer: Customer | None) -> dict[str, Any]:
    """Return what is counted, by the name of each."""
    asked: dict[str, Any] = {"new": CountOf(to_count(user).values("pk"))}
    if user.can(Capability.SEE):
        batches, uploads = _at_work(user)
        asked["batches"] = RowsOf(batches, "pk", "total")
        asked["uploads"] = RowsOf(uploads, "pk", "customer_id")
    if customer:
        waiting = _waiting(user, customer).items()
        asked |= {name: CountOf(rows.order_by().values("pk")) for name, rows in waiting}
    return asked


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
