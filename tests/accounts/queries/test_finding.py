"""Users of many customers at once: whom a text finds, in which order, and how it is asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.queries import finding
from accounts.queries.finding import find_users, is_long_enough
from accounts.signin.lookup import scope_of
from customers import scope
from customers.models import Customer
from tests.factories import CustomerFactory, StaffFactory, UserFactory
from tests.support.cast import Cast


@pytest.fixture(params=["one by one", "in one look"])
def every_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As PostgreSQL searches for a partner of few customers, and for one of most users."""
    if request.param == "in one look":
        monkeypatch.setattr(finding, "FEW_CUSTOMERS", 0)
        monkeypatch.setattr(finding, "LITTLE", 0.0)
        monkeypatch.setattr(finding, "LARGEST", 1)


def found(cast: Cast, text: str, size: int = 9, *, by: User | None = None) -> list[str]:
    viewer = by or cast.alice
    customers = Customer.objects.visible_to(viewer)
    with scope.within(scope_of(viewer)):
        return [user.display_name for user in find_users(text, customers, size).users]


def named(customer: Customer, name: str, **fields: object) -> User:
    return UserFactory.create(customer=customer, display_name=name, first_name=name, **fields)


@pytest.mark.usefixtures("every_way")
def test_users_of_all_customers_are_found_by_any_name(cast: Cast) -> None:
    named(cast.contoso, "Orlando Baker", local_part="ob1")
    named(cast.northwind, "Bakersfield", local_part="orla")
    named(cast.adatum, "Orlando Other")
    assert found(cast, "orlando") == ["Orlando Baker"]
    assert found(cast, "ORLA") == ["Bakersfield", "Orlando Baker"]
    assert found(cast, "baker orl") == ["Bakersfield", "Orlando Baker"]
    assert found(cast, "orla@northwind.example") == ["Bakersfield"]
    assert found(cast, "nobody of this name") == []
    assert found(cast, "orlando", by=cast.charlie) == ["Orlando Other"]


@pytest.mark.usefixtures("every_way")
def test_who_begins_so_is_first_and_the_deleted_are_last(cast: Cast) -> None:
    named(cast.contoso, "Zoe Lindgren", local_part="a1")
    named(cast.contoso, "Lindberg", local_part="a2", deleted=True)
    named(cast.northwind, "Lindau", local_part="a3")
    over = timezone.now() - timedelta(days=40)
    named(cast.northwind, "Lindquist", local_part="a4", deleted_at=over)
    assert found(cast, "lind") == ["Lindau", "Zoe Lindgren", "Lindberg"]


@pytest.mark.usefixtures("every_way")
def test_more_than_are_shown_are_told_of(cast: Cast) -> None:
    for number in range(4):
        named(cast.contoso, f"Lind {number}", local_part=f"l{number}")
    customers = Customer.objects.visible_to(cast.alice)
    with scope.within(scope_of(cast.alice)):
        three, four = (find_users("lind", customers, size) for size in (3, 4))
    assert (len(three.users), three.has_more) == (3, True)
    assert (len(four.users), four.has_more) == (4, False)


def test_an_alternate_email_is_found_by_how_it_begins(cast: Cast) -> None:
    named(cast.contoso, "Ada", alternate_email="Ada.Home@Mail.example")
    named(cast.northwind, "Eve", alternate_email="eve@mail.example")
    named(cast.adatum, "Zac", alternate_email="ada.home@other.example")
    assert found(cast, "ada.home@mail.example") == ["Ada"]
    assert found(cast, "ADA.HOME") == ["Ada"]
    assert found(cast, "mail.example") == []
    assert found(cast, "ada.h%me") == []
    assert found(cast, "ada_home") == []


@pytest.mark.parametrize(
    "text",
    ["+49 171 5550188", "0171 5550188", "0049171-555 0188", "+49 (0) 171/5550188", "0188"],
)
def test_a_phone_number_is_found_by_how_it_ends(cast: Cast, text: str) -> None:
    named(cast.contoso, "Mobile", mobile_phone="+49 (0)171 555-0188")
    named(cast.northwind, "Office", office_phone="(0171) 5550188")
    named(cast.northwind, "Neither", office_phone="0171 5550189", mobile_phone="01888")
    named(cast.adatum, "Theirs", office_phone="0171 5550188")
    assert sorted(found(cast, text)) == ["Mobile", "Office"]


def test_few_digits_find_no_number(cast: Cast) -> None:
    named(cast.contoso, "Mobile", mobile_phone="+49 171 5550188")
    assert found(cast, "188") == []
    assert found(cast, "00 188") == []


def test_fewer_than_three_letters_find_no_users(cast: Cast) -> None:
    named(cast.contoso, "Li")
    assert (is_long_enough("li"), is_long_enough("li ada"), is_long_enough("")) == (
        False,
        True,
        False,
    )
    assert found(cast, "li") == []


def test_staff_limited_to_some_customers_find_users_of_these_alone(cast: Cast) -> None:
    named(cast.contoso, "Lindau", alternate_email="lind@x.example", mobile_phone="5550188")
    named(cast.northwind, "Lindgren", alternate_email="lind@y.example", mobile_phone="5550188")
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=cast.bob.roles, only=[cast.northwind]
    )
    for text in ("lind", "lind@", "5550188"):
        assert found(cast, text, by=limited) == ["Lindgren"], text
        assert found(cast, text, by=cast.gail) == ["Lindau"], text


@pytest.mark.parametrize(
    "text", ["%%%", "___", "\\\\\\", "a\\", "x" * 200, "🙂🙂🙂", "مرحبا", "'; --", "((((", "....."]
)
@pytest.mark.usefixtures("every_way")
def test_any_text_is_a_text(cast: Cast, text: str) -> None:
    named(cast.contoso, "Ada")
    assert found(cast, text) == []


@pytest.mark.postgres
def test_the_database_finds_no_contact_of_customers_that_the_request_may_not_see(
    cast: Cast,
) -> None:
    theirs = named(cast.adatum, "Zac", alternate_email="zac@x.example", office_phone="5550188")
    asked = "SELECT portal_contacts(%s, %s, %s)"

    def ids(viewer: User, address: str, digits: str) -> list[tuple[int]]:
        with scope.within(scope_of(viewer)), connection.cursor() as cursor:
            cursor.execute(asked, [[cast.adatum.pk, cast.contoso.pk], address, digits])
            rows: list[tuple[int]] = cursor.fetchall()
            return rows

    for address, digits in (("zac", ""), ("", "0188")):
        assert ids(cast.alice, address, digits) == []
        assert ids(cast.charlie, address, digits) == [(theirs.pk,)]


@pytest.mark.postgres
def test_no_request_of_a_partner_asks_for_contacts_past_its_customers(cast: Cast) -> None:
    theirs = named(cast.adatum, "Zac", alternate_email="zac@x.example")
    asked = "SELECT contact_matches(%s, %s, %s)"
    given: list[Any] = [[cast.adatum.pk], "zac", ""]
    with scope.within(scope.SUPPORT), connection.cursor() as cursor:
        cursor.execute(asked, given)
        assert cursor.fetchall() == [(theirs.pk,)]
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        scope.within(scope_of(cast.charlie)),
        connection.cursor() as cursor,
    ):
        cursor.execute(asked, given)


def test_the_number_of_queries_does_not_grow(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    customers = Customer.objects.visible_to(cast.alice)
    for number in (1, 5):
        for _each in range(number):
            named(CustomerFactory.create(partner=cast.fabrikam), "Lindau")
        on_postgresql = connection.vendor == "postgresql"
        with django_assert_num_queries(5 if on_postgresql else 4):
            for user in find_users("lindau", customers, 9).users:
                assert (user.customer is None, user.blocked_at) == (False, None)
