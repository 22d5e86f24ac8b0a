"""User names as they are written: legal, on the customer's domain, and nobody else's."""

import pytest

from accounts.services.users import NamesTaken
from accounts.services.users.naming import (
    check_domains,
    check_free,
    check_legal,
    check_names_free,
    domain_gone,
)
from customers.errors import Refused
from tests.accounts.verbs import delete
from tests.factories import DomainFactory, UserFactory
from tests.support.cast import Cast

UMA = "uma@contoso.example"


@pytest.mark.parametrize("local_part", ["ada", "a.da-lind_2", "a" * 64])
def test_a_legal_local_part_passes(local_part: str) -> None:
    check_legal([local_part])


@pytest.mark.parametrize("local_part", ["", "a da", ".ada", "ada.", "a..da", "a" * 65, "a@b"])
def test_an_illegal_one_is_refused_at_its_field(local_part: str) -> None:
    with pytest.raises(Refused) as caught:
        check_legal(["fine", local_part])
    assert (caught.value.code, caught.value.field) == ("user-name-wrong", "user_name")


def test_domains_are_the_customers_as_it_is_now(cast: Cast) -> None:
    own, second = cast.contoso.domains.get(), DomainFactory.create(customer=cast.contoso)
    check_domains([own, second, own], customer=cast.contoso)
    check_domains([], customer=cast.contoso)
    with pytest.raises(Refused) as caught:
        check_domains([own], customer=cast.northwind)
    assert (caught.value.code, caught.value.field) == ("domain-gone", "domain")
    gone = DomainFactory.create(customer=cast.contoso)
    pk = gone.pk
    gone.delete()
    gone.pk = pk
    with pytest.raises(Refused, match=domain_gone()):
        check_domains([own, gone], customer=cast.contoso)


def test_a_name_of_a_living_user_is_taken_and_of_a_deleted_one_free(cast: Cast) -> None:
    with pytest.raises(NamesTaken) as caught:
        check_names_free([UMA, "new@contoso.example"])
    assert caught.value.names == [UMA]
    delete(cast, cast.uma)
    check_names_free([UMA, "new@contoso.example"])


def test_a_name_that_is_wanted_twice_is_taken(cast: Cast) -> None:
    with pytest.raises(NamesTaken) as caught:
        check_names_free(["new@contoso.example", "new@contoso.example"])
    assert caught.value.names == ["new@contoso.example"]


def test_the_own_name_stands_in_nobodys_way(cast: Cast) -> None:
    check_free([cast.uma, cast.gail])
    other = UserFactory.build(customer=cast.contoso, domain=cast.contoso.domains.get())
    other.username = UMA
    with pytest.raises(NamesTaken):
        check_free([other])


def test_a_refusal_names_ten_of_many(cast: Cast) -> None:
    names = [f"user{number}@contoso.example" for number in range(12)]
    one, many = NamesTaken(names[:1]), NamesTaken(names)
    assert str(one) == f"This user name is taken: {names[0]}. Choose another one."
    assert str(many).startswith("These user names are taken: user0@contoso.example, ")
    assert str(many).endswith("user9@contoso.example, …. Choose others.")
    assert many.names == names
