"""Actions at Contoso that can be undone, and what a test looks at afterwards."""

from collections.abc import Mapping, Sequence

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.undo import Plan, plan_undo, undo_batch
from accounts.services.users import allow_users, block_users, change_user
from customers.models import Batch, Outcome
from licensing.models import Subscription
from tests.accounts.verbs import fresh
from tests.support.cast import Cast

HAVE, LOSE = LicenseChange(have=True), LicenseChange(have=False)


def block(cast: Cast, *users: User, actor: User | None = None) -> Batch:
    return block_users(users, customer=cast.contoso, actor=actor or cast.alice)


def allow(cast: Cast, *users: User, actor: User | None = None) -> Batch:
    return allow_users(users, customer=cast.contoso, actor=actor or cast.alice)


def give(
    cast: Cast,
    users: Sequence[User],
    to: Mapping[Subscription, LicenseChange],
    actor: User | None = None,
) -> Batch:
    changes = {row.pk: change for row, change in to.items()}
    return change_licenses(users, changes, customer=cast.contoso, actor=actor or cast.alice)


def change(cast: Cast, user: User, actor: User | None = None, **rest: object) -> Batch:
    rest.setdefault("fields", {})
    change_user(user, customer=cast.contoso, actor=actor or cast.alice, **rest)  # type: ignore[arg-type]
    return Batch.objects.latest("pk")


def undo(batch: Batch, actor: User, key: str = "") -> Batch:
    done = undo_batch(again(batch), actor=actor, key=key)
    assert violations() == []
    return done


def plan(batch: Batch, actor: User) -> Plan:
    return plan_undo(again(batch), actor=actor)


def again(batch: Batch) -> Batch:
    return Batch.objects.get(pk=batch.pk)


def blocked(*users: User) -> list[bool]:
    return [fresh(user).blocked_at is not None for user in users]


def left(batch: Batch) -> dict[int, str]:
    """Who was left alone, with the reason."""
    items = batch.items.filter(outcome__in=[Outcome.SKIPPED, Outcome.ALREADY, Outcome.FAILED])
    return dict(items.values_list("user", "reason"))


def named(user: User) -> str:
    """As the log names a user."""
    return f"{user.display_name} ({user.user_name})"
