"""The verbs of a user's life at Contoso by Alice, and what a test looks at afterwards."""

from accounts.models import User
from accounts.services.users import (
    delete_users,
    restore_users,
)
from accounts.services.users.restoring import Restored
from customers.models import Batch, Customer
from customers.services.customers import move_counters
from licensing.models import Subscription
from tests.factories import (
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.support.cast import Cast


def delete(cast: Cast, *users: User, actor: User | None = None, key: str = "") -> Batch:
    return delete_users(users, customer=cast.contoso, actor=actor or cast.alice, key=key)


def restore(cast: Cast, *users: User, actor: User | None = None, **rest: object) -> Restored:
    return restore_users(users, customer=cast.contoso, actor=actor or cast.alice, **rest)  # type: ignore[arg-type]


def fresh(user: User) -> User:
    return User.objects.with_roles().get(pk=user.pk)


def subscribe(cast: Cast, name: str = "Teams", *holders: User, quantity: int = 5) -> Subscription:
    product = ProductFactory.create(name=name, plans=["MAIL", "CHAT"])
    return SubscriptionFactory.create(
        customer=cast.contoso, product=product, quantity=quantity, holders=holders
    )


def held(user: User) -> list[tuple[str, list[str]]]:
    rows = user.assignments.live().order_by("subscription__product__name")
    return list(rows.values_list("subscription__product__name", "services_off"))


def outcomes(batch: Batch) -> list[tuple[int, str, str]]:
    return list(batch.items.order_by("user").values_list("user", "outcome", "reason"))


def crowd(customer: Customer, number: int) -> list[User]:
    """So many users at once, plain users in the US: hundreds cost no more than a few."""
    domain = customer.domains.get(is_primary=True)
    users = UserFactory.build_batch(number, customer=customer, domain=domain, password="")
    for user in users:
        user.fill_derived()
    User.objects.bulk_create(users)
    move_counters(customer, active=number)
    return users
