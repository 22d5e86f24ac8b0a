"""What the walk over all addresses walks with: users, and something for each address to name."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import CredentialSheet, SavedFilter, User
from accounts.queries.filters import UserFilter
from accounts.services.filters import save_filter
from accounts.services.users import reset_passwords
from api.models import DeliveryState, Source, TokenKind, Webhook, WebhookDelivery
from applications.models import Application
from automation.models import LicenseRequest, Review, Schedule, SchedulePlan
from customers.models import Customer
from customers.roles import STAFF_ROLES, Role
from licensing.models import Product, Subscription
from tests.api.tokens import integration, source_token, token_of
from tests.factories import (
    ApplicationFactory,
    CustomerFactory,
    LicenseRequestFactory,
    LicenseRuleFactory,
    ProductFactory,
    ProvisioningFactory,
    ReviewFactory,
    ScheduledReportFactory,
    ScheduleFactory,
    SchedulePlanFactory,
    ScimLinkFactory,
    SourceFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.models import Upload

USERS = [["User Name", "Display Name"], ["ada@contoso.example", "Ada"]]


# A row that is not there.
NOBODYS = 8_000_000_000


# What follows the addresses that are calls of the API.
CALLED_AT = {"api-webhooks": "registration", "api-auditrecords": "auditrecords"}


@dataclass(frozen=True)
class World:
    """The cast and what there is to address: bob made the sheet and the filter."""

    cast: Cast
    domain: int  # Contoso's
    subscription: Subscription
    sheet: CredentialSheet
    saved: SavedFilter
    upload: Upload
    application: Application
    product: Product  # Fabrikam's own
    integration: User  # Fabrikam's, with a token
    webhook: Webhook
    delivery: WebhookDelivery
    source: Source  # Contoso's, with a token
    source_token: int
    rule: int  # Contoso's
    kept: User  # by that source
    review: Review  # of the sign-in of users of Contoso, which bob is asked about
    license_request: LicenseRequest
    schedule: Schedule  # of a block of uma, by alice
    report: int  # of the partner
    neighbor: Customer  # another customer of the same partner, with the same things
    plan: int  # of Contoso, to remove uma
    foreign: dict[str, int]

    def user_with(self, role: Role | None) -> User:
        """A user of the cast's partner, or of its customer, with just this role."""
        if role is None or role in STAFF_ROLES:
            return StaffFactory.create(partner=self.cast.fabrikam, roles=[role] if role else [])
        return UserFactory.create(customer=self.cast.contoso, roles=[role])


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of refusals are no log: writing it takes a tenth of the time of a walk."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(cast: Cast, no_patience: None) -> World:
    neighbor = CustomerFactory.create(partner=cast.fabrikam)
    neighbors_user = UserFactory.create(customer=neighbor)
    neighbors_sheet = reset_passwords([neighbors_user], customer=neighbor, actor=cast.alice).sheet
    foreign = {
        "user": neighbors_user.pk,
        "domain": neighbor.domains.get().pk,
        "subscription": SubscriptionFactory.create(customer=neighbor).pk,
        "sheet": neighbors_sheet.pk,
        "batch": neighbors_sheet.batch_id or 0,
        "upload": upload_of(USERS, customer=neighbor, actor=cast.alice).pk,
        "plan": SchedulePlanFactory.create(customer=neighbor).pk,
        "schedule": ScheduleFactory.create(customer=neighbor, people=[neighbors_user]).pk,
    }
    foreign |= _source_of(neighbor, cast.alice)
    foreign["rule"] = LicenseRuleFactory.create(customer=neighbor).pk
    foreign |= {"review": ReviewFactory.create(customer=neighbor, users=[neighbors_user]).pk}
    foreign["license_request"] = LicenseRequestFactory.create(user=neighbors_user).pk
    application = ApplicationFactory.create(partner=cast.fabrikam)
    ProvisioningFactory.create(application=application, is_on=False)
    product = ProductFactory.create(partner=cast.fabrikam, plans=["BOARD"])
    token = token_of(
        integration(cast.alice, Role.HELPDESK_AGENT), kind=TokenKind.INTEGRATION, actor=cast.alice
    ).token
    webhook = WebhookFactory.create(partner=cast.fabrikam)
    guest = UserFactory.create(customer=cast.contoso)
    own = _source_of(cast.contoso, cast.alice)
    # A user without a password of their own is led elsewhere; this one fits nothing.
    User.objects.update(password="argon2$none")
    return World(
        cast=cast,
        domain=cast.contoso.domains.get(is_primary=True).pk,
        subscription=SubscriptionFactory.create(customer=cast.contoso),
        sheet=reset_passwords([guest], customer=cast.contoso, actor=cast.bob).sheet,
        saved=save_filter(
            "Mine", UserFilter(q="a"), customer=cast.contoso, actor=cast.bob, is_shared=True
        ),
        upload=upload_of(USERS, customer=cast.contoso, actor=cast.alice),
        application=application,
        product=product,
        integration=token.user,
        webhook=webhook,
        delivery=WebhookDeliveryFactory.create(
            webhook=webhook, customer=cast.contoso, state=DeliveryState.FAILED
        ),
        source=Source.objects.select_related("customer", "user").get(pk=own["source"]),
        source_token=own["source_token"],
        rule=LicenseRuleFactory.create(customer=cast.contoso, filter={"department": "None"}).pk,
        kept=User.objects.get(scim_link__source=own["source"]),
        review=ReviewFactory.create(
            customer=cast.contoso, by=cast.alice, users=[guest], reviewers=[cast.bob]
        ),
        license_request=LicenseRequestFactory.create(user=guest),
        schedule=ScheduleFactory.create(customer=cast.contoso, by=cast.alice, people=[cast.uma]),
        report=ScheduledReportFactory.create(partner=cast.fabrikam, people=[cast.bob]).pk,
        neighbor=neighbor,
        plan=_plan(cast).pk,
        foreign=foreign,
    )


def _plan(cast: Cast) -> SchedulePlan:
    plan = SchedulePlanFactory.create(customer=cast.contoso)
    ScheduleFactory.create(customer=cast.contoso, plan=plan, by=cast.alice, people=[cast.uma])
    return plan


def _source_of(customer: Customer, maker: User) -> dict[str, int]:
    """A source that keeps a user, with a token."""
    source = SourceFactory.create(customer=customer)
    ScimLinkFactory.create(source=source, user=UserFactory.create(customer=customer))
    return {"source": source.pk, "source_token": source_token(source, maker).token.pk}


def arguments(name: str, world: World, **others: int) -> dict[str, int | str]:
    """What the address of this name needs."""
    known: dict[str, int | str] = {
        "customer": world.cast.contoso.pk,
        "user": _user_of(name, world).pk,
        "domain": world.domain,
        "subscription": world.subscription.pk,
        "sheet": world.sheet.pk,
        "batch": world.sheet.batch_id or 0,
        "what": "location",
        "saved": world.saved.pk,
        "upload": world.upload.pk,
        "application": world.application.pk,
        "product": world.product.pk,
        "integration": world.integration.pk,
        "token": world.integration.tokens.get().pk if _is_of_integration(name) else NOBODYS,
        "webhook": world.webhook.pk,
        "delivery": world.delivery.pk,
        "source": world.source.pk,
        "license_request": NOBODYS
        if name == "automation:request-cancel"
        else world.license_request.pk,
        "source_token": world.source_token,
        "rule": world.rule,
        "plan": world.plan,
        "review": world.review.pk,
        "schedule": world.schedule.pk,
        "report": world.report,
        "number": 2,
        "pk": NOBODYS,
        "notice": NOBODYS,
        "session": NOBODYS,
        **others,
    }
    if name == "api:scim":
        known |= {"customer": str(world.cast.contoso.uuid), "path": "/Users"}
    known |= {"slug": "a" * 12, "digest": "0" * 16, "rules": 1, "color": "1f5bc9"}
    known |= {"tenant": "fabrikam.example", "rest": CALLED_AT.get(name, "")}
    return {key: known[key] for key in _wanted(name)}


def _user_of(name: str, world: World) -> User:
    if name == "api:user-release":
        return world.kept
    return world.cast.bob if name.startswith("accounts:team-") else world.cast.uma


def _is_of_integration(name: str) -> bool:
    return name.startswith("api:integration-token")


def _wanted(name: str) -> list[str]:
    namespace, _colon, own = name.rpartition(":")
    resolver, prefix = get_resolver(), ""
    if namespace:
        prefix, resolver = resolver.namespace_dict[namespace]
    inside: list[str] = resolver.reverse_dict.getlist(own)[0][0][0][1]
    return [*inside, *(["customer"] if "<customer>" in prefix or "(customer)" in prefix else [])]


def address(name: str, world: World, **others: int) -> str:
    return reverse(name, kwargs=arguments(name, world, **others))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def read_out(page: Any) -> bytes:
    """All of an answer, a file that is written while it is read included."""
    return b"".join(page.streaming_content) if page.streaming else bytes(page.content)


def answers(client: Client, url: str) -> list[int]:
    return [client.get(url).status_code, client.post(url).status_code]


@contextmanager
def undone() -> Iterator[None]:
    """What a POST did is taken back, so that the next address finds the world as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
