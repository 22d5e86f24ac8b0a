"""A row in every protected table for three customers, and what a scope of the database shows.

Contoso and Northwind are Fabrikam's, which has things of its own; Adatum is Litware's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.idp.oidc.models import Token
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from accounts.models import (
    Delivery,
    MailTo,
    SeatDay,
    SeatMonth,
    Selection,
    User,
    UserDay,
    UserMonth,
)
from accounts.queries.filters import UserFilter
from accounts.services.credentials import read_sheet
from accounts.services.filters import save_filter
from accounts.services.users import reset_passwords
from api.models import RememberedCall
from automation.models import (
    KeptLicense,
    KeptState,
    Letter,
    LetterChannel,
    Notice,
    NoticeChoice,
    NoticeKind,
    NoticeSettings,
    Unsettled,
)
from customers import scope
from customers.actions import Action
from customers.branding.rows import HostName, Logo
from customers.models import Customer, Domain, Partner
from customers.roles import Role
from customers.services import audit
from customers.services.places import note_visit, set_favorite
from licensing.models import Subscription
from tests.api.tokens import source_token, token_of
from tests.factories import (
    ApplicationFactory,
    AppSessionFactory,
    LicenseRequestFactory,
    LicenseRuleFactory,
    LogoutFactory,
    ProductFactory,
    ProvisionFactory,
    ProvisioningFactory,
    ReportMailFactory,
    ReviewFactory,
    ScheduledReportFactory,
    ScheduleFactory,
    SchedulePlanFactory,
    ScimLinkFactory,
    SourceFactory,
    SourceRefusalFactory,
    SubscriptionFactory,
    UserFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
    reserve,
)
from tests.support.cast import Cast
from tests.uploads.uploading import upload_of
from uploads.models import ColumnMapping

# By table the primary keys of rows.
Rows = dict[str, set[int]]

WEBHOOKS = ("api_webhook", "api_webhookcustomer", "api_webhookdelivery")
REPORTS = ("automation_scheduledreport", "automation_reportreader", "automation_reportmail")


@dataclass(frozen=True)
class Neighbors:
    contoso: Rows
    northwind: Rows
    adatum: Rows
    fabrikam: Rows


def settle(cast: Cast) -> Neighbors:
    """All customers get the same things, gail's own for Contoso, the partners' for the others."""
    filled = []
    for customer, maker in (
        (cast.contoso, cast.gail),
        (cast.northwind, cast.alice),
        (cast.adatum, cast.charlie),
    ):
        before = seen(None)
        _fill(customer, maker)
        rows = {table: ids - before[table] for table, ids in seen(None).items()}
        rows["customers_customer"] = {customer.pk}
        rows["customers_domain"] = set(customer.domains.values_list("pk", flat=True))
        filled.append(rows)
        # What acts for a customer's source is its partner's.
        machines = set(User.objects.filter(is_machine=True).values_list("pk", flat=True))
        rows["accounts_user"] -= machines
        roles = User.groups.through.objects.filter(user__in=machines)
        rows["accounts_user_groups"] -= set(roles.values_list("pk", flat=True))
    contoso, northwind, adatum = filled
    adatum["customers_partner"] = {cast.litware.pk}
    adatum["customers_domain"] |= set(cast.litware.domains.values_list("pk", flat=True))
    adatum["accounts_user"] |= {cast.charlie.pk}
    adatum |= _look_of(cast.litware)
    # Of webhooks and scheduled reports a customer's users know nothing.
    before = seen(None)
    _webhook_of(cast.adatum)
    _report_of(cast.adatum, cast.charlie)
    added = {table: seen(None)[table] - before[table] for table in (*WEBHOOKS, *REPORTS)}
    adatum |= {table: ids for table, ids in added.items() if ids}
    return Neighbors(contoso, northwind, adatum, _own(cast))


def _own(cast: Cast) -> Rows:
    """What is Fabrikam's, and none of its customers'."""
    before = seen(None)
    _look_of(cast.fabrikam)
    _keep_of(cast.alice)
    _webhook_of(cast.contoso)
    _report_of(cast.contoso, cast.alice)
    moved = audit.Entry(Action.PARTNER_CHANGED, cast.fabrikam, {"country": ["SE", "NO"]})
    audit.record([moved], actor=cast.alice, partner=cast.fabrikam)
    own = {table: ids - before[table] for table, ids in seen(None).items()}
    own["customers_partner"] = {cast.fabrikam.pk}
    own["customers_domain"] = set(cast.fabrikam.domains.values_list("pk", flat=True))
    own["accounts_user"] = {cast.alice.pk, cast.bob.pk, cast.sally.pk}
    roles = User.groups.through.objects.filter(user__in=own["accounts_user"])
    own["accounts_user_groups"] = set(roles.values_list("pk", flat=True))
    return own


def _look_of(partner: Partner) -> Rows:
    """A partner's logo and host name."""
    logo = Logo.objects.create(partner=partner, png=b"PNG")
    host = HostName.objects.create(partner=partner, name=f"portal-{partner.pk}.example")
    return {"customers_logo": {logo.pk}, "customers_hostname": {host.pk}}


def _report_of(customer: Customer, maker: User) -> None:
    about = {"partner": customer.partner, "customer": customer, "by": maker}
    report = ScheduledReportFactory.create(people=[maker], **about)
    ReportMailFactory.create(report=report, reader=maker)


def _webhook_of(customer: Customer) -> None:
    webhook = WebhookFactory.create(partner=customer.partner, only=[customer])
    WebhookDeliveryFactory.create(webhook=webhook, customer=customer)


def _fill(customer: Customer, maker: User) -> None:
    user = UserFactory.create(customer=customer, roles=[Role.GLOBAL_ADMIN])
    domain = Domain.objects.get(customer=customer)
    base, other = (ProductFactory.create(partner=customer.partner) for _number in range(2))
    product = ProductFactory.create(
        partner=customer.partner,
        plans=[f"CHAT{customer.pk}"],
        requires=[base],
        conflicts=[other],
    )
    for each in (base, other):
        SubscriptionFactory.create(customer=customer, product=each)
    held = SubscriptionFactory.create(customer=customer, product=product, holders=[user])
    reserve(Subscription.objects.get(customer=customer, product=other), user)
    application = ApplicationFactory.create(
        partner=customer.partner, only=[customer], opened_by=product.plans.all()
    )
    AppSessionFactory.create(application=application, user=user)
    LogoutFactory.create(application=application, user=user)
    ProvisioningFactory.create(application=application)
    ProvisionFactory.create(application=application, user=user)
    remembered_of(held)
    source = SourceFactory.create(customer=customer)
    ScimLinkFactory.create(source=source, user=user)
    SourceRefusalFactory.create(source=source)
    source_token(source, maker)
    LicenseRequestFactory.create(user=user, product=product, answered_by=None)
    plan = SchedulePlanFactory.create(customer=customer, by=maker)
    ScheduleFactory.create(customer=customer, plan=plan, by=maker, people=[user])
    ReviewFactory.create(customer=customer, by=maker, users=[user], reviewers=[maker])
    LicenseRuleFactory.create(customer=customer, by=maker, gives=[held], excepts=[user])
    Unsettled.objects.create(customer=customer)
    KeptLicense.objects.create(
        customer=customer, subscription=held, user=user, state=KeptState.GIVEN
    )
    Token.objects.create(type=Token.Type.ACCESS_TOKEN, hash=f"hash-{user.pk}", user=user)
    made = token_of(user, customers=[customer])
    RememberedCall.objects.create(token=made.token, key="once", fingerprint="same")
    told_of(user, customer)
    sheet = reset_passwords([user], customer=customer, actor=maker).sheet
    Delivery.objects.create(sheet=sheet, to=MailTo.USER, user=user, by=maker)
    read_sheet(sheet, actor=maker, action=Action.SHEET_SHOWN)
    upload_of([["User Name"], [f"grace@{domain}"]], customer=customer, actor=maker)
    ColumnMapping.objects.create(customer=customer, header="Nick", column="user_name")
    save_filter("Mine", UserFilter(q="a"), customer=customer, actor=maker, is_shared=True)
    Selection.objects.create(token=f"token-{customer.pk}", owner=maker, customer=customer)
    set_favorite(customer, on=True, actor=maker)
    note_visit(customer.pk, user.pk, actor=maker)
    maker.allowed_customers.add(customer)
    _keep_of(user)


def remembered_of(held: Subscription) -> None:
    """A night of a customer, and its month."""
    day = date(2026, 11, 1)
    seats = {"subscription": held, "customer": held.customer, "bought": 9, "assigned": 1}
    users = {"customer": held.customer, "users": 2, "added": 0, "deleted": 0, "restored": 0}
    month = {"month": day, "first_day": day, "last_day": day, "peak": 1}
    SeatDay.objects.create(day=day, blocked=0, **seats)
    SeatMonth.objects.create(blocked=0, **month, **seats)
    UserDay.objects.create(day=day, **users)
    UserMonth.objects.create(**month, **users)


def told_of(user: User, customer: Customer) -> None:
    """What a user was told of a customer, by mail too, and how they wanted to be told."""
    now = timezone.now()
    letter = Letter.objects.create(
        user=user, channel=LetterChannel.AT_ONCE, due_at=now, created_at=now
    )
    kind = NoticeKind.SEATS
    Notice.objects.create(
        user=user, kind=kind, subject_key="one", customer=customer, about=user, letter=letter
    )
    NoticeChoice.objects.create(user=user, kind=kind, page=True, at_once=True, daily=False)
    NoticeSettings.objects.create(user=user)


def _keep_of(user: User) -> None:
    """What Django and packages keep of a user, each with a row."""
    user.user_permissions.add(Permission.objects.earliest("pk"))
    LogEntry.objects.create(user=user, action_flag=1, object_repr=user.display_name)
    address = EmailAddress.objects.create(user=user, email=user.user_name)
    UserSession.objects.create(user=user, ip="192.0.2.1", session_key=f"session-{user.pk}")
    EmailConfirmation.objects.create(email_address=address, key=f"key-{user.pk}")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})


def seen(whose: scope.Scope | None) -> Rows:
    """All that the database shows in that scope; in none, everything."""
    keys = primary_keys()
    if whose is None:
        return dict(_all(keys))
    with scope.within(whose):
        return dict(_all(keys))


def _all(keys: dict[str, str]) -> Iterator[tuple[str, set[int]]]:
    with connection.cursor() as cursor:
        for table, key in keys.items():
            cursor.execute(f"SELECT {key} FROM {table}")
            yield table, {pk for (pk,) in cursor.fetchall()}


def primary_keys() -> dict[str, str]:
    """The column of each protected table."""
    return {
        table: "event_id" if table == "customers_auditnames" else "id"
        for table, is_protected in tables().items()
        if is_protected
    }


def tables() -> dict[str, bool]:
    """All of the database, and whether a policy chooses what a request sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT relname, relrowsecurity AND EXISTS (
                SELECT FROM pg_policies WHERE tablename = relname AND policyname = 'scope'
            )
            FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
            """
        )
        return dict(cursor.fetchall())


def write(whose: scope.Scope, statement: str, parameters: list[Any]) -> int:
    """How many rows it has written."""
    with scope.within(whose), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def copy_of(table: str, key: str, pk: int) -> tuple[str, list[Any]]:
    """The statement that adds this row once more. No role may say which number an event gets."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(one)::text FROM {table} AS one WHERE {key} = %s", [pk])
        (row,) = cursor.fetchone()
    names = [name for name in json.loads(row) if (table, name) != ("customers_auditevent", "id")]
    columns = ", ".join(map(connection.ops.quote_name, names))
    copied = f"SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)"
    return f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE {copied}", [row]
