"""Users by a list of their names: how lists are written, who is found, and who was meant."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.queries.name_lists import find_names, names_in
from accounts.services.users import delete_users
from customers.models import Customer
from tests.factories import CustomerFactory, UserFactory
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a@x.example\r\nb@x.example\n\n  c@x.example ", "a@ b@ c@"),
        ("a@x.example, b@x.example;c@x.example\td@x.example", "a@ b@ c@ d@"),
        ("a@x.example b@x.example", "a@ b@"),
        ("Ann Roe <a@x.example>; Bo <b@x.example>", "a@ b@"),
        ("Roe, Ann <a@x.example>, Roe, Bo <b@x.example>", "a@ b@"),
        ('"Roe, Ann" <a@x.example>, b@x.example', "a@ b@"),
        ("a@x.example, Bo <b@x.example> Cy <c@x.example>", "a@ b@ c@"),
        ("mailto:a@x.example?subject=Hello, MAILTO:b@x.example", "a@ b@"),
        ("'a@x.example', \"b@x.example\", <c@x.example>", "a@ b@ c@"),
        ("\ufeffa@x.example\u2028\uff42\uff20x.example\u00a0", "a@ b@"),
        ("a\u200b@x.example", "a@"),
        ("a @ x.example b @ x.example，c\u00a0@x.example", "a@ b@ c@"),
        ("a@x.example., b@x.example.;", "a@ b@"),
        ("o’brien@x.example, anne‑marie@x.example", "o'brien@ anne-marie@"),
        ("‘a@x.example’; “b@x.example”", "a@ b@"),
        ("[a@x.example](mailto:a@x.example)", "a@"),
        (" ,;\t\n<>", ""),
    ],
)
def test_lists_are_taken_as_they_are_copied(text: str, names: str) -> None:
    assert names_in(text) == [f"{name}x.example" for name in names.split()]


def test_what_is_no_address_stays_one_name() -> None:
    assert names_in("Ann Roe\numa, o'brien") == ["Ann Roe", "uma", "o'brien"]


@pytest.mark.parametrize("text", [f"a{' ' * 60_000}b", "<" + "a" * 60_000, "<" * 60_000])
def test_a_list_without_any_name_takes_no_time(text: str) -> None:
    begun = time.process_time()
    names_in(text)
    assert time.process_time() - begun < 1


def test_users_are_found_by_name_in_the_order_of_the_list(cast: Cast) -> None:
    ian = UserFactory.create(customer=cast.contoso, local_part="ian")
    found = find_names(["IAN@contoso.example", "uma", "ian@contoso.example"], cast.contoso)
    assert found.ids == [ian.pk, cast.uma.pk]
    assert (found.asked, found.missing) == (2, [])
    assert found.twice == ["IAN@contoso.example"]


def test_users_of_other_customers_and_staff_are_nobodys(cast: Cast) -> None:
    other = CustomerFactory.create(partner=cast.fabrikam, domain="other.example")
    theirs = UserFactory.create(customer=other)
    found = find_names([theirs.user_name, str(cast.alice.username)], cast.contoso)
    assert (found.ids, found.nearest, found.deleted) == ([], {}, set())
    assert found.missing == [theirs.user_name, cast.alice.username]


def test_a_deleted_user_is_not_found_and_said_to_be_deleted(cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    found = find_names(["Uma@contoso.example"], cast.contoso)
    assert (found.ids, found.missing) == ([], ["Uma@contoso.example"])
    assert found.deleted == {"Uma@contoso.example"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ian.lnid@contoso.example", "ian.lind@contoso.example"),
        ("Ian.Lind@contoso.exampel", "ian.lind@contoso.example"),
        ("ian.lind@elsewhere.example", "ian.lind@contoso.example"),
        ("quite.other@elsewhere.example", ""),
    ],
)
@pytest.mark.parametrize("users", [3, 100_000])
def test_the_nearest_name_is_a_hint(cast: Cast, written: str, meant: str, users: int) -> None:
    """Of a large customer only names that begin alike are compared."""
    UserFactory.create(customer=cast.contoso, local_part="ian.lind")
    contoso = Customer.objects.get(pk=cast.contoso.pk)
    contoso.active_users = users
    assert find_names([written], contoso).nearest.get(written, "") == meant


def test_queries_do_not_grow_with_the_list(cast: Cast) -> None:
    users = [UserFactory.create(customer=cast.contoso) for _user in range(5)]
    counts = []
    for some in (users[:1], users):
        names = [name for user in some for name in (user.user_name, f"not.{user.user_name}")]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(find_names(names, cast.contoso).ids) == len(some)
        counts.append(len(queries))
    # The main domain, who is there, who was deleted, and who was meant.
    assert counts == [4, 4]
