from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from automation.models import LicenseRule
from automation.services.rule_switching import switch_on
from licensing.models import Subscription
from tests.factories import LicenseRuleFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast


@dataclass
class Shop:
    """Contoso with two subscriptions, three in Sales and one in Support; the rule gives Mail."""

    cast: Cast
    client: Client  # alice's
    mail: Subscription  # 10 seats, plans INBOX and ARCHIVE
    office: Subscription  # 1 seat
    sales: list[User]
    support: User
    rule: LicenseRule  # off

    def at(self, name: str, *args: int, rule: LicenseRule | None = None) -> str:
        """The address of a page of the rule."""
        return reverse(
            f"automation:{name}", args=[self.cast.contoso.pk, (rule or self.rule).pk, *args]
        )

    def switch_on(self, rule: LicenseRule | None = None) -> None:
        rule = LicenseRule.objects.get(pk=(rule or self.rule).pk)
        switch_on(rule, actor=self.cast.alice)
        self.rule.refresh_from_db()

    def holders(self, pool: Subscription) -> set[str]:
        live = pool.assignments.filter(released_at=None)
        return set(live.values_list("user__display_name", flat=True))

    def names(self) -> set[str]:
        return {user.display_name for user in self.sales}


@pytest.fixture
def shop(client: Client, cast: Cast) -> Shop:
    contoso = cast.contoso
    mail = SubscriptionFactory.create(
        customer=contoso,
        product=ProductFactory.create(name="Mail", plans=["INBOX", "ARCHIVE"]),
        quantity=10,
    )
    office = SubscriptionFactory.create(
        customer=contoso, product=ProductFactory.create(name="Office"), quantity=1
    )
    sales = [
        UserFactory.create(
            customer=contoso, department="Sales", first_name=name, last_name="", local_part=name
        )
        for name in ("sam", "sue", "sid")
    ]
    support = UserFactory.create(
        customer=contoso, department="Support", first_name="Pat", last_name="", local_part="pat"
    )
    rule = LicenseRuleFactory.create(
        customer=contoso, name="Sellers", filter={"department": "Sales"}, gives=[mail], position=1
    )
    client.force_login(cast.alice)
    return Shop(cast, client, mail, office, sales, support, rule)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())
