"""Domains of a customer: added, made primary, removed while no living user needs them."""

from typing import Any

import pytest

from accounts.invariants import violations
from customers.errors import Refused
from customers.models import Customer, Domain
from customers.roles import Role
from customers.services.domains import add_domain, legal_name, make_primary, remove_domain
from tests.accounts.verbs import delete
from tests.factories import DomainFactory, StaffFactory, UserFactory
from tests.support.cast import Cast
from tests.support.log import Line, log


def names(customer: Customer) -> dict[str, bool]:
    return dict(customer.domains.values_list("name", "is_primary"))


def test_a_further_domain_is_not_primary_until_it_is_made_so(cast: Cast) -> None:
    second = add_domain(cast.contoso, "Contoso.test", actor=cast.alice)
    assert names(cast.contoso) == {"contoso.example": True, "contoso.test": False}
    make_primary(second, actor=cast.alice)
    assert names(cast.contoso) == {"contoso.example": False, "contoso.test": True}
    make_primary(second, actor=cast.alice)
    both = {"domain": ["contoso.example", "contoso.test"]}
    assert log() == [
        Line("domain.added", "contoso.test", {"domain": "contoso.test"}),
        Line("domain.primary", "contoso.test", both),
    ]
    assert violations() == []


def test_a_domain_removed_meanwhile_does_not_become_primary(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    page = Domain.objects.get(pk=second.pk)
    remove_domain(second, actor=cast.alice)
    with pytest.raises(Refused, match="This domain has been removed"):
        make_primary(page, actor=cast.alice)
    assert names(cast.contoso) == {"contoso.example": True}
    assert violations() == []


def test_a_domain_that_a_living_user_has_stays(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    vera = UserFactory.create(customer=cast.contoso, domain=second)
    with pytest.raises(Refused, match=r"Users have user names with contoso\.test"):
        remove_domain(second, actor=cast.alice)
    assert log() == []
    delete(cast, vera)
    page = Domain.objects.get(pk=second.pk)
    remove_domain(second, actor=cast.alice)
    remove_domain(page, actor=cast.alice)
    assert names(cast.contoso) == {"contoso.example": True}
    assert [line.action for line in log()] == ["user.deleted", "domain.removed"]
    assert violations() == []


def test_the_primary_domain_is_not_removed(cast: Cast) -> None:
    with pytest.raises(Refused, match="Make another one primary first"):
        remove_domain(cast.northwind.domains.get(), actor=cast.alice)


@pytest.mark.parametrize(
    "name, stored",
    [("contoso.shop", "contoso.shop"), (" CONTOSO.Shop\n", "contoso.shop"), ("a.b.io", "a.b.io")],
)
def test_a_domain_is_stored_in_small_letters(name: str, stored: str) -> None:
    assert legal_name(name, field="name") == stored


@pytest.mark.parametrize("name", ["", "contoso", "con toso.com", "x" * 50 + ".com"])
def test_what_is_no_domain_is_refused_at_the_field_that_asked(name: str) -> None:
    with pytest.raises(Refused, match="Enter a domain such as contoso") as caught:
        legal_name(name, field="primary_domain")
    assert (caught.value.code, caught.value.field) == ("domain-wrong", "primary_domain")


@pytest.mark.parametrize("service", [make_primary, remove_domain])
def test_a_partners_own_domain_is_not_a_customers_to_change(cast: Cast, service: Any) -> None:
    domain = cast.fabrikam.domains.get()
    with pytest.raises(Refused, match=r"^This domain is the partner's own\.$") as caught:
        service(domain, actor=cast.alice)
    assert caught.value.code == "domain-of-partner"
    assert log() == []


def test_only_those_who_manage_customers_touch_a_domain(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.northwind]
    )
    for user in (cast.bob, cast.gail, cast.charlie, limited):
        for change in (
            lambda user: add_domain(cast.contoso, "contoso.new", actor=user),
            lambda user: make_primary(second, actor=user),
            lambda user: remove_domain(second, actor=user),
        ):
            with pytest.raises(Refused):
                change(user)
    assert names(cast.contoso) == {"contoso.example": True, "contoso.test": False}
    assert log() == []


def test_support_staff_add_and_remove_domains_too(cast: Cast) -> None:
    added = add_domain(cast.contoso, "contoso.test", actor=cast.support)
    remove_domain(added, actor=cast.support)
    assert [line.action for line in log()] == ["domain.added", "domain.removed"]
    assert names(cast.contoso) == {"contoso.example": True}


def test_a_domain_that_the_customer_has_is_not_added_again(cast: Cast) -> None:
    with pytest.raises(Refused, match="This domain cannot be used here") as caught:
        add_domain(cast.contoso, "Contoso.Example", actor=cast.alice)
    assert (caught.value.code, caught.value.field) == ("domain-taken", "name")
    assert names(cast.contoso) == {"contoso.example": True}


def test_a_deleted_users_domain_may_go(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    UserFactory.create(customer=cast.contoso, domain=second, deleted=True)
    remove_domain(second, actor=cast.alice)
    assert names(cast.contoso) == {"contoso.example": True}
