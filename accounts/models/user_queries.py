"""What is asked of users: which, with what beside them, and how much of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now, StrIndex
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone

from customers.expressions import JoinedText
from customers.models import Partner
from customers.roles import Role

from .expressions import final_day, final_soon, time_left

if TYPE_CHECKING:
    from .users import User

LIST_FIELDS = (
    "display_name",
    "user_name",
    "must_change_password",
    "temporary_password_set_at",
    "starts_on",
    "starts_at",
    "blocked_at",
    "added_at",
    "last_login",
    "department",
    "job_title",
    "usage_location",
    "office",
)
FILE_FIELDS = (
    *("user_name", "first_name", "last_name", "display_name", "job_title", "department"),
    *("office", "office_phone", "mobile_phone", "fax", "alternate_email", "street", "city"),
    *("state", "postal_code", "country", "usage_location", "starts_on", "starts_at"),
)
DELETED_LIST_FIELDS = ("display_name", "user_name", "deleted_at", "purge_after", "deleted_by")
# Letters in a row by which the index of names finds users.
INDEXED = 3


@cache
def role_names(users: type[User]) -> models.Subquery:
    """Return the names of a user's roles as one text; each list asks, and takes a copy of it."""
    names = (
        users.groups.through.objects.filter(user_id=models.OuterRef("pk"))
        .order_by()
        .values("user_id")
        .annotate(all_names=JoinedText("group__name", "|"))
        .values("all_names")  # type: ignore[misc]
    )
    return models.Subquery(names)


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> UserQuerySet:
        return self.filter(deleted_at=None)

    def restorable(self) -> UserQuerySet:
        """Return the deleted who are not yet final: the stored date decides, not the purge's
        run.
        """
        return self.filter(GreaterThan(time_left(), timedelta(0)), deleted_at__isnull=False)

    def due_for_purge(self) -> UserQuerySet:
        return self.filter(deleted_at__isnull=False, purge_after__lte=timezone.now())

    def final_soon(self) -> UserQuerySet:
        """Return the deleted who can be restored for some days at most."""
        return self.restorable().filter(final_soon())

    def overdue(self) -> UserQuerySet:
        """Return the same as due_for_purge, found by the customer: for those of one.

        By the database's clock, since a question that is kept would keep a moment of ours.
        """
        return self.filter(LessThanOrEqual(final_day(), Now()), deleted_at__isnull=False)

    def blocked(self) -> UserQuerySet:
        return self.filter(deleted_at=None, blocked_at__isnull=False)

    def living_or_restorable(self) -> UserQuerySet:
        return self.filter(Q(deleted_at=None) | Q(purge_after__gt=timezone.now()))

    def staff_of(self, partner: Partner) -> UserQuerySet:
        """Return the partner's people; its integrations are users too, and stand apart."""
        return self.filter(partner=partner, is_machine=False)

    def integrations_of(self, partner: Partner) -> UserQuerySet:
        """Return the partner's integrations, without those by which sources of users act."""
        return self.filter(partner=partner, is_machine=True, source=None)

    def team_admins(self) -> UserQuerySet:
        """Return who can look after a partner's team: account admins of all its customers."""
        admins = self.filter(deleted_at=None, blocked_at=None, limited_to_customers=False)
        admins = admins.filter(is_machine=False)
        return admins.filter(partner__isnull=False, groups__name=Role.ACCOUNT_ADMIN)

    def with_roles(self) -> UserQuerySet:
        """Annotate `role_names`, which `roles` then reads instead of asking again."""
        return self.annotate(role_names=role_names(self.model))

    def in_list(self) -> UserQuerySet:
        """Load what a row of a list shows, and no more: a page must not cost what it hides."""
        return self.with_roles().only(*LIST_FIELDS)

    def for_file(self) -> UserQuerySet:
        """Load what a file of users has, and no more."""
        return self.with_roles().only(*FILE_FIELDS)

    def in_deleted_list(self) -> UserQuerySet:
        return self.with_roles().only(*DELETED_LIST_FIELDS)

    def matching(self, words: Iterable[str], *, common: Collection[str] = ()) -> UserQuerySet:
        """Return those with every one of these folded words (customers.folding) in a name.

        A user name counts too. The index of names is not asked for the `common` words, nor for
        those that are too short for it, for which PostgreSQL may walk through all of it. Of a user
        name it is asked for what stands before the domain, whose letters it has for all users of
        the customer: looking through all of these takes far longer than finding one.
        """
        found = self
        for word in words:
            own, at, _domain = word.partition("@")
            asked = own + at if len(own) >= INDEXED else word
            is_asked = len(asked) >= INDEXED and word not in common
            if is_asked:
                found = found.filter(search_text__contains=asked)
            if not is_asked or asked != word:
                found = found.filter(GreaterThan(StrIndex("search_text", Value(word)), 0))
        return found

    def in_order(self, ids: Sequence[int]) -> list[User]:
        """Return the users of these ids, in the order of the ids."""
        place = {pk: number for number, pk in enumerate(ids)}
        users = self.filter(pk__among=place) if place else ()
        return sorted(users, key=lambda user: place[user.pk])
