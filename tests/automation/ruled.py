"""Rules at Contoso by Alice, and what a test looks at afterwards."""

from collections.abc import Iterable

from accounts.models import User
from accounts.queries.filters import UserFilter
from accounts.services.users import change_users
from automation.models import KeptLicense, LicenseRule
from automation.services.drafts import Draft
from automation.services.keeping.work import settle_customer
from automation.services.rule_switching import switch_on
from automation.services.rules import add_rule
from customers.models import Batch
from licensing.models import Subscription
from tests.support.cast import Cast

SALES = UserFilter(department="Sales")


def draft(
    *pools: Subscription,
    name: str = "Sales",
    to: UserFilter = SALES,
    off: Iterable[str] = (),
    newcomers: bool = False,
) -> Draft:
    """All of these subscriptions, with the same plans off."""
    return Draft(name, to, {pool.pk: frozenset(off) for pool in pools}, newcomers)


def rule_on(
    cast: Cast,
    *pools: Subscription,
    name: str = "Sales",
    to: UserFilter = SALES,
    off: Iterable[str] = (),
    newcomers: bool = False,
) -> LicenseRule:
    """A rule that is on, and whose users have been settled."""
    wanted = draft(*pools, name=name, to=to, off=off, newcomers=newcomers)
    rule = add_rule(wanted, customer=cast.contoso, actor=cast.alice)
    switch_on(rule, actor=cast.alice)
    settle_customer(cast.contoso.pk)
    rule.refresh_from_db()
    return rule


def put(cast: Cast, department: str, *users: User) -> Batch:
    """Change the department of users."""
    return change_users(
        users, customer=cast.contoso, actor=cast.alice, fields={"department": department}
    )


def kept(user: User) -> list[tuple[str, str]]:
    """What the rules gave or owe the user, by product."""
    rows = KeptLicense.objects.filter(user=user).order_by("subscription__product__name")
    return list(rows.values_list("subscription__product__name", "state"))
