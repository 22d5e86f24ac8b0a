"""Adding users, few enough to be made at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import Group

from customers.models import Batch, BatchKind, Customer
from customers.roles import Role
from customers.services import batches
from customers.services.transactions import transactional

from ...models import CredentialSheet, User
from ...passwords import Password, make_passwords
from .inserting import write_unseen_users, write_users
from .naming import check_legal
from .new_users import NewUser
from .starts import check_day


@dataclass(frozen=True, slots=True)
class Added:
    """New users, with their batch and the sheet that has their passwords."""

    batch: Batch
    users: Sequence[User]
    # None where all passwords are made on a day to come.
    made: CredentialSheet | None

    @property
    def sheet(self) -> CredentialSheet:
        """Return the sheet of those whose passwords were made."""
        if self.made is None:
            raise ValueError("all passwords are made later")
        return self.made


def add_users(
    new: Sequence[NewUser],
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    onto: CredentialSheet | None = None,
    passwords: Sequence[Password] | None = None,
) -> Added:
    """Add users with roles, licenses and temporary passwords, all or none.

    `passwords` are theirs, where they were made before. Raises AlreadyDone for a key that was used,
    NamesTaken, SeatsShort, NotActive, RulesBroken.
    """
    check_legal(user.local_part for user in new)
    for day in {user.start.on for user in new if user.start}:
        check_day(day, customer)
    # Before the transaction: a slow hash must not be waited for under a lock.
    passwords = passwords or make_passwords(len(new), len(new))
    return _add(new, passwords, customer=customer, actor=actor, key=key, onto=onto)


@transactional
def add_unseen_users(
    new: Sequence[NewUser], *, customer: Customer, actor: User, key: str = ""
) -> list[User]:
    """Add users as add_users does, but with no password that could be handed over.

    They sign in after a reset, or come through another door. Raises as add_users does.
    """
    batch = batches.open_batch(BatchKind.CREATE, actor=actor, customer=customer, key=key)
    ids = write_unseen_users(new, customer=customer, actor=actor, batch=batch)
    batches.finish_batch(batch)
    return User.objects.with_roles().in_order(ids)


@transactional
def _add(
    new: Sequence[NewUser],
    passwords: Sequence[Password],
    *,
    customer: Customer,
    actor: User,
    key: str,
    onto: CredentialSheet | None,
) -> Added:
    batch = batches.open_batch(BatchKind.CREATE, actor=actor, customer=customer, key=key)
    sheet = write_users(
        [new],
        total=len(new),
        customer=customer,
        actor=actor,
        batch=batch,
        onto=onto,
        passwords=passwords,
    )
    batch.request = {"sheet": sheet.pk} if sheet else {}
    batches.finish_batch(batch)
    # In the order of `new`, which is that of their keys.
    users = User.objects.with_roles().filter(batch_items__batch=batch).order_by("pk")
    return Added(batch, list(users), sheet)


def give_roles(users: Sequence[User], roles: Sequence[tuple[Role, ...]]) -> None:
    """Write the groups of new users, and remember them on the objects."""
    through = User.groups.through
    groups = {group.name: group.pk for group in Group.objects.all()}
    through.objects.bulk_create(
        through(user_id=user.pk, group_id=groups[role.value])
        for user, given in zip(users, roles, strict=True)
        for role in given
    )
    for user, given in zip(users, roles, strict=True):
        user.__dict__["role_names"] = "|".join(given)
