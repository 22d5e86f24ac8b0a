"""What the frame counts: in one query, by one's own rights of that moment, for the own eyes."""

import time

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import CredentialSheet, User
from accounts.services.users import reset_passwords
from automation.models import NoticeKind
from automation.services.choosing import mark_read
from automation.services.telling import tell
from customers.models import Customer
from customers.narrowing import Narrowing, narrowed_to
from customers.places.rows import Favorite
from customers.roles import Capability, Role
from partnerportal.frame.counts import STAR, Counts, counts_for
from tests.automation.services.told import FACTS, at, told
from tests.factories import CustomerFactory, LicenseRequestFactory, StaffFactory, UserFactory
from tests.partnerportal.frame.working import left
from tests.support.cast import Cast
from uploads.models import Upload, UploadState

KIND = NoticeKind.SEATS
NOON = at("2027-03-01 12:00")


def at_work(user: User) -> int:
    counts = counts_for(User.objects.with_roles().get(pk=user.pk))
    return len(counts.batches) + len(counts.uploads)


def test_new_notices_and_what_is_at_work_take_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(130):
        tell(KIND, [cast.alice], subject_key=f"{number}", facts=FACTS[KIND], url="/", now=NOON)
    told(cast.bob, KIND, NOON)
    alice = User.objects.with_roles().get(pk=cast.alice.pk)
    with django_assert_num_queries(1):
        counts = counts_for(alice)
    assert counts == Counts(new=100, batches=[], uploads=[])
    for number in range(3):
        left(cast)
        Upload.objects.create(
            customer=cast.contoso, by=cast.alice, key=f"file {number}", state=UploadState.WAITING
        )
    with django_assert_num_queries(1):
        counts = counts_for(alice)
    assert (len(counts.batches), len(counts.uploads)) == (3, 3)
    assert counts_for(cast.bob).new == 1
    mark_read(cast.bob, told(cast.bob, KIND, NOON, "two").pk)
    assert counts_for(cast.bob).new == 0


def test_strangers_and_support_staff_are_told_nothing(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    left(cast)
    with django_assert_num_queries(0):
        assert counts_for(None) == Counts()
        assert counts_for(cast.support, cast.contoso) == Counts()


def test_it_follows_what_someones_role_and_customers_become(cast: Cast) -> None:
    left(cast)
    agent = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    assert at_work(agent) == 1
    agent.groups.set(Group.objects.filter(name=Role.HELPDESK_AGENT))
    assert at_work(agent) == 0
    agent.groups.set(Group.objects.filter(name=Role.ACCOUNT_ADMIN))
    assert at_work(agent) == 1
    User.objects.filter(pk=agent.pk).update(limited_to_customers=True)
    assert at_work(agent) == 0
    agent.allowed_customers.add(cast.contoso)
    assert at_work(agent) == 1


def test_what_a_token_leaves_is_not_kept_for_its_user(cast: Cast) -> None:
    left(cast)
    narrowing = Narrowing(
        cast.alice.pk, 1, "api", frozenset({Capability.SEE}), frozenset({cast.northwind.pk})
    )
    for _again in range(2):
        assert at_work(cast.alice) == 1
        with narrowed_to(narrowing):
            assert at_work(cast.alice) == 0


@pytest.fixture
def busy(cast: Cast) -> Customer:
    """A customer of the same partner and roles as Contoso, where more waits."""
    other = CustomerFactory.create(partner=cast.fabrikam)
    for customer, often in ((cast.contoso, 1), (other, 2)):
        for user in UserFactory.create_batch(often, customer=customer):
            reset_passwords([user], customer=customer, actor=cast.alice)
            LicenseRequestFactory.create(user=user)
    Favorite.objects.create(owner=cast.alice, customer=cast.contoso)
    return other


def test_what_waits_is_that_of_the_customer_and_the_users_own(cast: Cast, busy: Customer) -> None:
    own = {"passwords": 1, "requests": 1, STAR: 1}
    other = {"passwords": 2, "requests": 2, STAR: 0}
    for _again in range(2):
        assert counts_for(cast.alice, cast.contoso).waiting == own
        assert counts_for(cast.alice, busy).waiting == other
        assert counts_for(cast.bob, cast.contoso).waiting == {
            "passwords": 0,
            "requests": 1,
            STAR: 0,
        }
        assert counts_for(cast.charlie, cast.adatum).waiting == dict.fromkeys(own, 0)
        assert counts_for(cast.alice).waiting == {}


def test_passwords_that_expire_after_the_statement_was_built_wait_no_longer(
    cast: Cast, busy: Customer
) -> None:
    assert counts_for(cast.alice, busy).waiting["passwords"] == 2
    CredentialSheet.objects.filter(customer=busy).update(expires_at=timezone.now())
    # The clock of SQLite has no smaller parts.
    time.sleep(0.01)
    assert counts_for(cast.alice, busy).waiting["passwords"] == 0


def test_a_second_account_admin_has_a_star_and_notices_of_the_own(
    cast: Cast, busy: Customer
) -> None:
    second = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN])
    told(second, KIND, NOON)
    for _again in range(2):
        assert (counts_for(cast.alice).new, counts_for(second).new) == (0, 1)
        assert counts_for(cast.alice, cast.contoso).waiting[STAR] == 1
        assert counts_for(second, cast.contoso).waiting[STAR] == 0
