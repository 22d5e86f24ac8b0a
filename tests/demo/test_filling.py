"""`manage.py demo`: the same world every time, in which every rule holds."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, F, Q
from django.test import Client
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.services.users import plan_restore
from customers.actions import Action
from customers.models import AuditEvent, Batch, Customer, Partner
from demo.cast import CAST
from demo.companies import FABRIKAM, SMALLEST, companies
from demo.filling import fill
from licensing.models import LicenseAssignment, SubscriptionStatus
from licensing.rules import Catalog

PASSWORD = "demo of the tests"


@pytest.fixture
def filled(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small world; what the command printed."""
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    output = StringIO()
    call_command("demo", "--customers", "4", "--users", "420", stdout=output)
    return output.getvalue()


@pytest.mark.slow
def test_the_whole_demo_keeps_every_rule(db: None) -> None:
    filled = fill(PASSWORD)
    sizes = Customer.objects.annotate(number=Count("users")).values_list("number", flat=True)
    own = sizes.filter(partner__name="Fabrikam")
    assert (filled.partners, filled.customers, len(own)) == (2, 27, 24)
    assert (min(own), max(own)) == (3, 3_000)
    assert Customer.objects.filter(partner__name="Litware").count() == 3
    assert violations() == []


def test_the_command_says_what_it_did_and_who_signs_in(filled: str) -> None:
    users = User.objects.count()
    assert filled.splitlines()[0].startswith(
        f"Demo data: 2 partners, 7 customers, {users} users in "
    )
    assert f"Sign in with the password {PASSWORD} as" in filled
    assert [member.user_name for member in CAST if member.user_name not in filled] == []


def test_all_of_the_cast_sign_in_and_no_other_user(filled: str, client: Client) -> None:
    names = {member.user_name for member in CAST}
    for name in sorted(names):
        credentials = {"login": name, "password": PASSWORD}
        response = client.post("/accounts/login/", credentials)
        assert response.status_code == 302, name
        client.logout()
    users = User.objects.filter(user_name__in=names)
    assert {user.user_name for user in users if user.check_password(PASSWORD)} == names
    assert not users.filter(must_change_password=True).exists()
    stored = User.objects.exclude(user_name__in=names).exclude(must_change_password=True)
    assert set(stored.values_list("password", flat=True)) == {"!no-sign-in-in-the-demo"}


def test_the_cast_has_the_roles_of_the_design(filled: str) -> None:
    users = {user.user_name: user for user in User.objects.with_roles()}
    roles = {member.user_name: member.roles for member in CAST}
    assert {name: users[name].roles for name in roles} == roles
    support = users["support@portal.example"]
    assert (support.is_staff, support.is_superuser) == (True, True)


def test_the_rules_of_the_products_hold_for_what_users_hold(filled: str) -> None:
    catalog = Catalog()
    held: dict[tuple[int, str], set[int]] = {}
    live = LicenseAssignment.objects.live()
    for user, location, product in live.values_list(
        "user", "user__usage_location", "subscription__product"
    ):
        held.setdefault((user, location), set()).add(product)
    assert len(held) > 200
    broken = [
        user for (user, location), own in held.items() if catalog.problems(own, own, location)
    ]
    assert broken == []


def test_contoso_shows_every_situation(filled: str) -> None:
    contoso = Customer.objects.get(name="Contoso")
    users, now = contoso.users.all(), timezone.now()
    living = users.filter(deleted_at=None)
    assert 120 <= living.count() <= 145
    assert living.filter(blocked_at__isnull=False).exists()
    assert living.filter(must_change_password=True).exists()
    assert living.filter(assignments=None).exists()
    assert users.filter(purge_after__lt=now + timedelta(days=1), purge_after__gt=now).exists()
    statuses = set(contoso.subscriptions.values_list("status", flat=True))
    assert statuses == set(SubscriptionStatus.values)
    assert contoso.subscriptions.filter(quantity=F("assigned"), status="active").exists()
    assert contoso.domains.count() == 3
    assert CredentialSheet.objects.open().filter(customer=contoso).count() == 2
    problems = plan_restore(list(users.restorable()), customer=contoso)
    assert sum("Another user has" in item.name_problem for item in problems) == 1
    assert sum("does not belong" in item.name_problem for item in problems) == 1
    assert any(item.lost for item in problems)


def test_history_reaches_back_and_nothing_lies_ahead(filled: str) -> None:
    now = timezone.now()
    events = AuditEvent.objects.order_by("pk")
    moments = list(events.values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[0] < now - timedelta(days=75)
    assert moments[-1] <= now
    assert {week for week in range(4) if _in_week(week)} == {0, 1, 2, 3}
    added = events.filter(action=Action.USER_ADDED).values("target_id").distinct()
    assert added.count() == User.objects.filter(customer__isnull=False).count()
    assert not Batch.objects.filter(created_at__gt=F("started_at") + timedelta(minutes=1)).exists()


def _in_week(week: int) -> bool:
    end = timezone.now() - timedelta(days=7 * week)
    return AuditEvent.objects.filter(at__range=(end - timedelta(days=7), end)).exists()


def test_the_same_users_come_every_time(db: None) -> None:
    assert _world() == _world()


def _world() -> list[tuple[str, str, int]]:
    """People and what they hold, of a demo that is taken back again."""
    with transaction.atomic():
        fill(PASSWORD, companies(2, 60))
        users = User.objects.annotate(held=Count("assignments")).order_by("user_name", "pk")
        world = list(users.values_list("user_name", "city", "held"))
        transaction.set_rollback(True)
    return world


def test_a_database_in_use_is_left_alone(filled: str) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError, match="This database is in use"):
        call_command("demo")
    assert User.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options", [("--customers", "0"), ("--customers", "5", "--users", "14"), ("--users", "1")]
)
def test_sizes_that_can_not_be_are_refused(options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="must be"):
        call_command("demo", *options)
    assert not Partner.objects.exists()


@pytest.mark.parametrize("count, users", [(1, 3), (3, 9), (24, 5_708), (2_000, 20_000), (40, 120)])
def test_any_number_of_users_is_shared_out_exactly(count: int, users: int) -> None:
    made = companies(count, users)
    assert sum(company.size for company in made) == users
    assert min(company.size for company in made) >= SMALLEST
    names = [company.name for company in made]
    domains = [domain for company in made for domain in company.domains]
    assert (len(set(names)), len(set(domains))) == (count, len(domains))


def test_the_companies_of_the_design_are_24() -> None:
    assert len(FABRIKAM) == 24
    assert sorted(company.size for company in FABRIKAM)[:1] == [3]


def test_a_living_user_name_has_a_domain_of_its_customer(filled: str) -> None:
    wrong = User.objects.filter(deleted_at=None, customer__isnull=False).filter(
        Q(domain=None) | ~Q(domain__customer=F("customer"))
    )
    assert list(wrong) == []
