"""Taking by hand what a rule gives: refused, or with an exception at once."""

from collections.abc import Sequence

from accounts.models import User
from accounts.services.licenses import Step, change_licenses
from accounts.services.licenses.planning import Changes
from customers.errors import Refused
from customers.models import Batch, BatchKind, Customer
from customers.said import gettext as _
from customers.services import batches
from customers.services.transactions import transactional

from ..models import KeptLicense, KeptState
from ..queries.rule_facts import facts_of, rulebook_of
from .keeping.settling import lock_users
from .rules import except_users, lock_rules, record_exceptions


def refuse_to_take(steps: Sequence[Step]) -> None:
    """Refuse that a license is taken or changed by hand that a rule would give again at once."""
    moved = {
        (user, pk)
        for step in steps
        for pk in (*step.released, *step.switched)
        for user in step.users
    }
    rows = KeptLicense.objects.filter(
        subscription__in={pk for _user, pk in moved},
        user__among=sorted({user for user, _pk in moved}),
        state=KeptState.GIVEN,
        why="",
    )
    columns = ("user_id", "subscription_id", "rule__name", "subscription__product__name")
    for user, pk, rule, product in rows.order_by("rule__position").values_list(*columns):
        if (user, pk) in moved:
            text = _(
                "%(product)s is given by the license rule “%(rule)s”, which would give it again."
                " Make an exception for the users, or change the rule."
            )
            raise Refused(text % {"product": product, "rule": rule}, code="license-by-rule")


@transactional
def change_licenses_with_exceptions(  # noqa: PLR0913
    users: Sequence[User | int],
    changes: Changes,
    *,
    customer: Customer,
    actor: User,
    key: str = "",
    as_many_as_fit: bool = False,
    reason: str = "",
    batch: Batch | None = None,
) -> Batch:
    """Change licenses as change_licenses does, and make an exception to each rule in the way.

    Users who lose, or have plans changed of, what a rule gives are excepted from all rules that
    give it; what stays is theirs as if somebody had given it. Undo gives the licenses back, and
    lets the exceptions be.
    """
    batch = batch or batches.open_batch(
        BatchKind.LICENSES, actor=actor, customer=customer, key=key, reason=reason
    )
    rules = lock_rules(customer, actor=actor)
    ids = sorted({user if isinstance(user, int) else user.pk for user in users})
    lock_users(ids, customer)
    on = [rule for rule in rules.values() if rule.is_on]
    book = rulebook_of(on, ids)
    facts = facts_of(customer, ids)
    kept = KeptLicense.objects.filter(
        customer=customer, user__among=sorted(facts), state=KeptState.GIVEN
    )
    excepted: dict[int, set[int]] = {}
    against = kept.filter(subscription__in=_against(changes))
    for user, pool in against.values_list("user_id", "subscription_id"):
        for rule in book.rules:
            if pool in rule.gives and user not in rule.excepted and rule.matches(facts[user]):
                excepted.setdefault(rule.pk, set()).add(user)
    for pk, left in sorted(excepted.items()):
        except_users(rules[pk], sorted(left), actor=actor)
        record_exceptions(rules[pk], sorted(left), actor, excepted=True, reason=reason)
    book = rulebook_of(on, ids)
    direct = [
        pk
        for pk, user, pool in kept.values_list("pk", "user_id", "subscription_id")
        if pool not in book.wishes(facts[user], user)
    ]
    KeptLicense.objects.filter(pk__among=direct).delete()
    return change_licenses(
        users,
        changes,
        customer=customer,
        actor=actor,
        as_many_as_fit=as_many_as_fit,
        reason=reason,
        batch=batch,
    )


def except_from_all(users: Sequence[int], customer: Customer, actor: User, reason: str) -> None:
    """Except these users from all rules that match them, and let what rules gave be theirs.

    Called before all their licenses are taken: by rule, they would come back at once.
    """
    rules = lock_rules(customer, actor=actor)
    ids = sorted(set(users))
    lock_users(ids, customer)
    book = rulebook_of([rule for rule in rules.values() if rule.is_on], ids)
    facts = facts_of(customer, ids) if rules else {}
    for rule in book.rules:
        left = [pk for pk, user in facts.items() if pk not in rule.excepted and rule.matches(user)]
        if left:
            except_users(rules[rule.pk], sorted(left), actor=actor)
            record_exceptions(rules[rule.pk], sorted(left), actor, excepted=True, reason=reason)
    KeptLicense.objects.filter(customer=customer, user__among=sorted(facts)).delete()


def _against(changes: Changes) -> set[int]:
    """Return the subscriptions of which something is taken, or plans are changed."""
    swapped = (change.instead_of for change in changes.values())
    return {pk for pk in swapped if pk is not None} | {
        pk
        for pk, change in changes.items()
        if change.have is False or change.switch_off or change.switch_on
    }
