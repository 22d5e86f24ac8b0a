"""Base classes of actions: what one can be asked, by whatever door it is asked for.

No action knows a web request: who acts, on whom, and what was chosen are handed to it. What a
service refuses is said by the service, which the action is built upon; all other words of an action
are its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from customers.actions import Action as Event
from customers.models import Batch, BatchItem, BatchKind, Customer
from customers.roles import Capability, Role
from customers.said import gettext as _

from ..forms.bulk import ActionForm
from ..models import User, UserQuerySet
from ..queries.bulk_preview import judge
from ..services.users.locking import deleted_message

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from ..services.undo.cases import Inverse

Request = Mapping[str, Any]
# A label, and the words that stand by it.
Group = tuple[str, Sequence[str]]

# What is touched where an action is about all that a user has.
EVERYTHING = "everything"
# Rows read and written for each user: the user, an event, its names, an item of the batch.
ROWS = 4


@dataclass(frozen=True, slots=True)
class Order:
    """An action that was asked for: the users by id, and what else was chosen, as JSON has it.

    `batch` is the one that waited for it, and has begun; without it the action opens its own, under
    `key`.
    """

    users: Sequence[int]
    request: Request
    customer: Customer
    actor: User
    key: str = ""
    batch: Batch | None = None
    # Of the batch that waited, what the action has made ahead.
    made: Any = None

    @property
    def terms(self) -> "Terms":
        return {
            "customer": self.customer,
            "actor": self.actor,
            "key": self.key,
            # For the log, in the words of the actor; "" for none.
            "reason": str(self.request.get("reason", "")),
            "batch": self.batch,
        }


class Terms(TypedDict):
    """What every service that makes a batch is told besides the users."""

    customer: Customer
    actor: User
    key: str
    reason: str
    batch: Batch | None


class Place(StrEnum):
    """Places where the button of an action stands."""

    USERS = "above the users"
    CHANGES = "in the menu of changes above the users"
    DELETED = "above the deleted users"


class Action:
    """An action on users: who may do it, what it means for them, and whether it asks for a
    proof.
    """

    name: str
    capability: Capability
    # The names that the log has for it.
    events: Sequence[Event]
    icon = ""
    # Of the button that confirms it.
    tone = "danger"
    # Why oneself is left out; "" where one is not.
    not_self: str | Promise = ""
    # Grave where a user of one of these roles is among them, where it is done to selected users, or
    # always: then the actor proves first that it is them (accounts.signin.reauthentication).
    grave_roles: Collection[Role] = ()
    grave_for_many = False
    always_grave = False
    # How often it may be asked for (accounts.signin.limits); "" for no limit.
    limit = ""
    # Beside its button on the page of one user of a customer, and of one of the team; without it
    # there is none.
    text_for_one: str | Promise = ""
    text_for_staff: str | Promise = ""
    # Of that button: one to think twice about.
    dangerous = False
    # Whether it is done every day: then it also stands on top of a user's page, and in their row.
    everyday = False

    @property
    def label(self) -> "StrOrPromise":
        """The words of its button, and the heading of its page."""
        raise NotImplementedError

    @property
    def label_for_one(self) -> "StrOrPromise":
        return self.label

    def text_for(self, user: User) -> str | Promise:
        return self.text_for_one if user.customer_id else self.text_for_staff

    def url_for(self, user: User) -> str:
        """Return where it is confirmed for one user of a customer, or of the team."""
        if user.customer_id:
            return reverse(f"accounts:user-{self.name}", args=[user.customer_id, user.pk])
        return reverse(f"accounts:team-{self.name}", args=[user.pk])

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        """Return what happens to so many users, in sentences.

        `users` are they, where a query may tell more; `chosen` counts those who are left out, too.
        """
        raise NotImplementedError

    def points_for_one(self, user: User) -> list[str]:
        """Return what happens to this user, in sentences."""
        return self.points(1)

    def pointless(self, user: User) -> str:
        """Return why there is nothing to do to a living user, or ""."""
        return ""

    def done(self, count: int) -> str:
        """Return the action as something done to so many users."""
        return str(self.events[0].label)

    def too_late(self, user: User) -> str:
        """Return why it can't be done to this user (any more), or ""."""
        return deleted_message(user) if user.deleted_at else self.pointless(user)

    def is_grave(self, users: UserQuerySet, request: Request) -> bool:
        """Whether to do it to these, with what was chosen, asks for a proof of who acts."""
        if self.always_grave or self.grave_for_many:
            return True
        roles = self.grave_roles
        return bool(roles) and users.filter(groups__name__in=roles).exists()

    def is_grave_for_one(self, user: User) -> bool:
        """Whether it is grave for one user, whose roles are loaded. Of the staff everything is."""
        if self.always_grave or user.customer_id is None:
            return True
        return not set(self.grave_roles).isdisjoint(user.roles)


class BatchAction(Action):
    """An action that leaves a batch: how it is run and undone, and how its batch is shown.

    The action of a batch kind bears the kind's value as its name; others of the same kind share
    with it all that a batch is asked.
    """

    kind: BatchKind
    # So many users a page waits for, where they are fewer than settings.PEOPLE_AT_ONCE.
    at_once: int | None = None
    # Whether its page offers a later time.
    waits = True
    # What takes its batches back; None where nothing can.
    inverse: "Inverse | None" = None
    # Whether it is about all that a user has, as a deletion is.
    whole = False
    # Whether the users of its batches are in the list of deleted users afterwards.
    deletes = False
    # Whether its batches tell of subscriptions, whose products' names `groups` then needs.
    names_products = False
    # Whether `groups` tells the reasons of an item.
    groups_tell_why = False

    @property
    def label(self) -> "StrOrPromise":
        return self.kind.label

    def run(self, order: Order) -> Batch:
        """Do it and return its batch, closed. Raises AlreadyDone, and what the service raises."""
        raise NotImplementedError

    def ahead(self, batch: Batch) -> Any:
        """Return what `run` can have made before the transaction, which must check it again.

        Called where all other writers wait for the transaction's end.
        """

    def work(self, batch: Batch) -> int:
        """Return how many rows are read and written for a batch that waits (customers.progress)."""
        return ROWS * len(batch.users)

    def not_done(self, batch: Batch, why: str) -> None:
        """Put back what a batch that waited was about: refused for `why`, or canceled for ""."""

    def touched(self, after: Mapping[str, Any]) -> frozenset[str]:
        """Name what an item with this `after` has changed; undo holds it against later batches."""
        if self.whole:
            return frozenset([EVERYTHING])
        licenses = {f"license {pk}" for pk in after.get("licenses", {})}
        return frozenset(licenses | {name for name in after if name != "licenses"})

    def left_behind(self, after: Mapping[str, Any]) -> frozenset[str]:
        """Name what is not as before where this, as the undo of another action, was done in part.

        What else that one had touched no longer stands in the way of earlier undos.
        """
        return self.touched(after)

    def why_no_undo(self, batch: Batch) -> str:
        """Return why this batch of it can't be taken back, though others can, or ""."""
        return ""

    def is_grave_to_undo(self, batch: Batch) -> bool:
        return False

    def heading(self, batch: Batch) -> str:
        return self.done(batch.done) if batch.done else _("Nothing was changed")

    def done_to_one(self) -> str:
        """Return what was done to a user, where the item has no more to tell."""
        return ""

    def of_item(self, item: BatchItem) -> "BatchAction":
        """Return the action that was done to this user of a batch."""
        return self

    def groups(self, item: BatchItem, products: Mapping[str, str]) -> list[Group]:
        """Return what was done to a user, in words; `products` are names by subscription id."""
        return []

    def list_url(self, batch: Batch) -> str:
        """Return where the users of the batch are listed now."""
        page = "accounts:user-deleted" if self.deletes else "accounts:user-list"
        return reverse(page, args=[batch.customer_id])


class BulkAction(BatchAction):
    """An action that a list offers for the selected users."""

    place: Place
    # Whether it is confirmed on a page of its own, in place of the one that all share.
    own_page = False
    # What that one asks besides whether.
    form_class: type[ActionForm] = ActionForm
    # True of those to whom it has been done before.
    already: Q | None = None

    @property
    def path(self) -> str:
        """The address of its page, below the list of users."""
        return f"{self.name}/"

    def url(self, customer: Customer, query: str) -> str:
        """Return its page, about whom the query names: a selection, or users by id."""
        users = reverse("accounts:user-list", args=[customer.pk])
        return f"{users}{self.path}?{query}"

    def judge(self, users: Collection[int], *, customer: Customer, actor: User) -> UserQuerySet:
        """Return these users with `why` each of them would be left out, or ""."""
        return judge(
            users,
            customer=customer,
            actor=actor,
            capability=self.capability,
            but_oneself=bool(self.not_self),
            already=self.already,
        )

    def already_text(self, count: int) -> str:
        """Say with %(count)s and %(names)s to whom it has been done before."""
        raise NotImplementedError

    def barred(self, actor: User) -> str:
        """Return why this actor can do it to nobody at all, or ""."""
        return ""

    def now(self, count: int, users: UserQuerySet) -> str:
        """Return what so many users have, where it is to be changed, or ""."""
        return ""
