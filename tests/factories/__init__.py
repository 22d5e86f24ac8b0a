"""Rows for tests. Call `.create(...)` or `.create_batch(n, ...)`, which are typed.

    customer = CustomerFactory.create(partner=cast.fabrikam, domain="woodgrove.example")
    users = UserFactory.create_batch(3, customer=customer)
    admin = UserFactory.create(customer=customer, roles=[Role.USER_ADMIN], password="…")
    teams = SubscriptionFactory.create(customer=customer, quantity=5, holders=users)

The counters of a customer and of a subscription are right afterwards. A password costs a slow
hash, so that users have none unless they are given one; `client.force_login(user)` needs none.
The users that most tests speak of are in the fixture `cast` (tests/support/cast.py).
"""

from .accounts import StaffFactory, SupportFactory, UserFactory, put_in_groups, to_start
from .applications import (
    ApplicationFactory,
    AppSessionFactory,
    LogoutFactory,
    ProvisionFactory,
    ProvisioningFactory,
)
from .customers import CustomerFactory, DomainFactory, PartnerFactory
from .figures import UserMonthFactory
from .licensing import ProductFactory, ServicePlanFactory, SubscriptionFactory, assign, reserve
from .reports import ReportMailFactory, ScheduledReportFactory
from .requests import LicenseRequestFactory
from .reviews import ReviewFactory
from .rules import LicenseRuleFactory
from .schedules import ScheduleFactory, SchedulePlanFactory
from .sources import ScimLinkFactory, SourceFactory, SourceRefusalFactory
from .webhooks import WebhookDeliveryFactory, WebhookFactory

_FACTORIES = (
    ApplicationFactory,
    CustomerFactory,
    DomainFactory,
    LicenseRuleFactory,
    PartnerFactory,
    ProductFactory,
    ReviewFactory,
    ScheduleFactory,
    SchedulePlanFactory,
    ServicePlanFactory,
    SourceFactory,
    SourceRefusalFactory,
    StaffFactory,
    SubscriptionFactory,
    SupportFactory,
    UserFactory,
    WebhookFactory,
)

__all__ = [
    "AppSessionFactory",
    "ApplicationFactory",
    "CustomerFactory",
    "DomainFactory",
    "LicenseRequestFactory",
    "LicenseRuleFactory",
    "LogoutFactory",
    "PartnerFactory",
    "ProductFactory",
    "ProvisionFactory",
    "ProvisioningFactory",
    "ReportMailFactory",
    "ReviewFactory",
    "ScheduleFactory",
    "SchedulePlanFactory",
    "ScheduledReportFactory",
    "ScimLinkFactory",
    "ServicePlanFactory",
    "SourceFactory",
    "SourceRefusalFactory",
    "StaffFactory",
    "SubscriptionFactory",
    "SupportFactory",
    "UserFactory",
    "UserMonthFactory",
    "WebhookDeliveryFactory",
    "WebhookFactory",
    "assign",
    "number_anew",
    "put_in_groups",
    "reserve",
    "to_start",
]


def number_anew() -> None:
    """Begin again with Ada0 and Customer 0."""
    for factory in _FACTORIES:
        factory.reset_sequence(0, force=True)
