"""Any number of new users, chunk by chunk inside one transaction, in as few words as that needs:
the database is given columns, not objects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.actions import Action
from customers.errors import Refused
from customers.folding import Folds, search_text
from customers.models import Batch, Customer
from customers.roles import Capability, Role
from customers.services import audit, batches, bulk
from customers.services.audit import named
from customers.services.batches import Alike
from customers.services.customers import move_counters
from customers.services.permission import check_actor
from licensing.services.seats import AlikeSeats, count_taken

from ...models import CredentialSheet, SheetKind, User
from ...passwords import Password, make_passwords
from ...sorting import sort_key
from ..credentials import Slip, add_slips, open_sheet
from .locking import check_roles
from .naming import check_domains, check_legal, check_names_free, domain_gone
from .new_users import Chunk, Ledger
from .starts import Joiner, begin_of, plan_starts, waiting_for

# What the item of an added user holds.
ADDED: dict[str, Any] = {"added": True}


def rows_of(users: int, licenses: int) -> int:
    """Return how many rows write_users tells of while it works (customers.progress)."""
    return users * 4 + licenses * 3


def write_users(
    chunks: Iterable[Chunk],
    *,
    total: int,
    customer: Customer,
    actor: User,
    batch: Batch,
    onto: CredentialSheet | None = None,
    passwords: Sequence[Password] = (),
) -> CredentialSheet | None:
    """Add `total` users, all or none, inside the caller's transaction; some 5,000 a chunk.

    `passwords` are those of make_passwords(total), made before the transaction where they are few:
    a slow hash must not be waited for under a lock. Without, each chunk's are made here. Return
    their sheet, or None where all passwords are made on a day to come. The batch
    gets an item for each user and stays open. Call it last: it ends with the counters, whose lock
    is the last one. Raises NamesTaken, SeatsShort, NotActive, RulesBroken, Refused.
    """
    fresh = check_actor(actor, Capability.MANAGE_USERS, customer=customer)
    seats = Ledger(customer)
    rest = iter(chunks)
    sheet = _Sheet(customer, actor, batch, onto)
    work = _Work(customer, fresh, batch, total, timezone.now(), sheet, seats)
    for chunk in rest:
        mine = passwords[work.done : work.done + len(chunk)] or make_passwords(len(chunk), total)
        work.add(chunk, mine)
        seats.check_free(rest)
    work.count()
    return sheet.opened


def write_unseen_users(users: Chunk, *, customer: Customer, actor: User, batch: Batch) -> list[int]:
    """Add users as write_users does, with no password and no sheet; return their ids."""
    fresh = check_actor(actor, Capability.MANAGE_USERS, customer=customer)
    seats = Ledger(customer)
    work = _Work(customer, fresh, batch, len(users), timezone.now(), None, seats)
    ids = work.add(users, ())
    seats.check_free(iter(()))
    work.count()
    return ids


@dataclass(slots=True)
class _Sheet:
    """The sheet of new passwords, opened with the first of them."""

    customer: Customer
    actor: User
    batch: Batch
    onto: CredentialSheet | None
    opened: CredentialSheet | None = None

    def add(self, slips: Sequence[Slip]) -> None:
        if not slips:
            return
        self.opened = self.opened or open_sheet(
            kind=SheetKind.ADDED,
            customer=self.customer,
            actor=self.actor,
            batch=self.batch,
            onto=self.onto,
        )
        add_slips(self.opened, slips)


@dataclass(slots=True)
class _Work:
    """What all chunks have in common, and how far they are."""

    customer: Customer
    actor: User
    batch: Batch
    total: int
    now: datetime
    sheet: _Sheet | None
    seats: Ledger
    done: int = 0
    joiners: list[Joiner] = field(default_factory=list)
    groups: dict[str, int] = field(default_factory=dict)

    def add(self, chunk: Chunk, passwords: Sequence[Password]) -> list[int]:
        """Write a chunk and return the ids; without a sheet there are no passwords."""
        check_legal(user.local_part for user in chunk)
        given = {role for user in chunk for role in user.roles}
        check_roles(given, actor=self.actor)
        check_domains({user.domain for user in chunk}, customer=self.customer)
        ids = self._insert(chunk, passwords)
        if given:
            self.groups = self.groups or {group.name: group.pk for group in Group.objects.all()}
            pairs = [
                (pk, self.groups[role.value])
                for pk, user in zip(ids, chunk, strict=True)
                for role in user.roles
            ]
            users, groups = zip(*pairs, strict=True)
            bulk.insert_alike(User.groups.through, {}, {"user_id": users, "group_id": groups})
        taken = self.seats.take(chunk, ids, self.now)
        if self.sheet is not None:
            slips = zip(ids, chunk, passwords, strict=True)
            self.sheet.add(
                [
                    Slip(pk, new.display_name, new.user_name, own.plain)
                    for pk, new, own in slips
                    if new.has_password
                ]
            )
        self._log(chunk, ids, taken)
        batches.write_items(self.batch, [Alike(ids, after=ADDED)])
        self.joiners += waiting_for(zip(ids, chunk, strict=True))
        self.done += len(chunk)
        return ids

    def count(self) -> None:
        """Move the counters, whose locks come last."""
        count_taken(self.seats.gained, self.seats.reserved)
        plan_starts(self.joiners, customer=self.customer, actor=self.actor, batch=self.batch)
        move_counters(self.customer, active=self.done)

    def _insert(self, chunk: Chunk, passwords: Sequence[Password]) -> list[int]:
        same = {
            "customer_id": self.customer.pk,
            "changed_by_batch_id": self.batch.pk,
            "added_at": self.now,
        }
        names, folds = [user.user_name for user in chunk], Folds()
        country = self.customer.country.code
        further = sorted({name for user in chunk for name in user.fields})
        # The columns that differ, those of User.fill_derived among them.
        columns: dict[str, list[Any]] = {
            "domain_id": [user.domain.pk for user in chunk],
            "user_name": names,
            "username": [name.lower() for name in names],
            "display_name": [user.display_name for user in chunk],
            "sort_name": [sort_key(user.display_name, country) for user in chunk],
            "search_text": [
                search_text(
                    user.display_name,
                    name,
                    user.fields.get("first_name", ""),
                    user.fields.get("last_name", ""),
                    folds=folds,
                )
                for name, user in zip(names, chunk, strict=True)
            ],
            **self._sign_in(chunk, passwords),
            **{name: [user.fields.get(name, "") for user in chunk] for name in further},
        }
        check_names_free(columns["username"])
        try:
            with transaction.atomic():
                return bulk.insert_keyed(User, same, columns)
        except IntegrityError:
            # Someone else took a name, or removed the domain, in this very moment.
            check_names_free(columns["username"])
            raise Refused(domain_gone(), code="domain-gone", field="domain") from None

    def _sign_in(self, chunk: Chunk, passwords: Sequence[Password]) -> dict[str, list[Any]]:
        """Return the columns of who may sign in how, and from when on."""
        given = [bool(passwords) and user.has_password for user in chunk]
        columns: dict[str, list[Any]] = {
            "password": [
                passwords[place].stored if has else make_password(None)
                for place, has in enumerate(given)
            ],
            "must_change_password": given,
            "temporary_password_set_at": [self.now if has else None for has in given],
        }
        days = {user.start.on for user in chunk if user.start}
        if days:
            begin = {day: begin_of(day, self.customer) for day in days}
            starts = [user.start.on if user.start else None for user in chunk]
            columns["starts_on"] = starts
            columns["starts_at"] = [begin[day] if day else None for day in starts]
        return columns

    def _log(self, chunk: Chunk, ids: Sequence[int], taken: Iterable[AlikeSeats]) -> None:
        names = {
            pk: named(user.display_name, user.user_name)
            for pk, user in zip(ids, chunk, strict=True)
        }
        alike: dict[tuple[tuple[Role, ...], date | None], list[tuple[int, str]]] = {}
        for (pk, name), user in zip(names.items(), chunk, strict=True):
            on = user.start.on if user.start else None
            alike.setdefault((user.roles, on), []).append((pk, name))
        groups = []
        for (roles, on), users in alike.items():
            facts: dict[str, Any] = {"starts_on": on.isoformat()} if on else {}
            if roles:
                facts["roles"] = [[], [str(role) for role in roles]]
            groups.append(audit.Alike(Action.USER_ADDED, users, facts))
        groups += [
            audit.Alike(
                Action.LICENSE_ASSIGNED,
                [(pk, names[pk]) for pk in seats.user_ids],
                self.seats.facts(seats),
            )
            for seats in taken
        ]
        audit.record_alike(
            groups,
            target=User,
            actor=self.actor,
            customer=self.customer,
            batch=self.batch,
            # The first line of the batch is the one for all of its users.
            stands_for=None if self.done else self.total,
        )
