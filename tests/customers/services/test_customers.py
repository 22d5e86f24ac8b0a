from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.invariants import violations
from customers.errors import Refused
from customers.models import Customer, Domain
from customers.roles import Role
from customers.services.customers import (
    add_customer,
    change_customer,
    lower_deleted_counters,
    move_counters,
    name_problem,
)
from customers.services.domains import add_domain
from tests.factories import StaffFactory
from tests.support.cast import Cast
from tests.support.log import Line, log


def add(cast: Cast, name: str = "Woodgrove", domain: str = "woodgrove.example") -> Customer:
    return add_customer(
        actor=cast.alice,
        name=name,
        primary_domain=domain,
        country="SE",
        contact_email="it@woodgrove.example",
    )


def names(customer: Customer) -> dict[str, bool]:
    return dict(customer.domains.values_list("name", "is_primary"))


def test_a_customer_is_the_actors_partners_with_its_domain(cast: Cast) -> None:
    customer = add(cast, domain=" WoodGrove.example")
    assert (customer.partner, customer.name, customer.country) == (
        cast.fabrikam,
        "Woodgrove",
        "SE",
    )
    assert names(customer) == {"woodgrove.example": True}
    assert log() == [
        Line("customer.added", "Woodgrove", {"country": "SE"}),
        Line("domain.added", "woodgrove.example", {"domain": "woodgrove.example"}),
    ]
    assert violations() == []


@pytest.mark.parametrize("taken", ["Contoso", "contoso", "CONTOSO"])
def test_two_customers_of_a_partner_have_no_name_in_common(cast: Cast, taken: str) -> None:
    with pytest.raises(Refused, match=f"You already have a customer named {taken}") as caught:
        add(cast, taken)
    assert caught.value.field == "name"
    assert not Domain.objects.filter(name="woodgrove.example").exists()


def test_another_partners_customer_may_have_the_same_name(cast: Cast) -> None:
    assert add(cast, "Adatum").name == "Adatum"


@pytest.mark.parametrize("domain", ["adatum.example", "ADATUM.example", "litware.example"])
def test_a_taken_domain_is_refused_without_a_word_about_who(cast: Cast, domain: str) -> None:
    with pytest.raises(Refused, match=r"^This domain cannot be used here\.$") as caught:
        add(cast, domain=domain)
    assert caught.value.field == "primary_domain"
    with pytest.raises(Refused, match=r"^This domain cannot be used here\.$"):
        add_domain(cast.contoso, domain, actor=cast.alice)
    assert not Customer.objects.filter(name="Woodgrove").exists()


@pytest.mark.parametrize(
    "domain", ["", "woodgrove", "wood grove.example", "-a.example", "a" * 41 + ".example", "é.com"]
)
def test_what_is_no_domain_is_refused(cast: Cast, domain: str) -> None:
    with pytest.raises(Refused, match="Enter a domain such as contoso"):
        add(cast, domain=domain)
    with pytest.raises(Refused, match="Enter a domain such as contoso"):
        add_domain(cast.contoso, domain, actor=cast.alice)


def test_only_partner_staff_add_customers(cast: Cast) -> None:
    with pytest.raises(Refused, match="Only your partner can do this"):
        add_customer(
            actor=cast.gail, name="Woodgrove", primary_domain="woodgrove.example", country="SE"
        )


def test_only_what_differs_is_changed_and_told(cast: Cast) -> None:
    old = cast.contoso.contact_email
    mail = "new@mail.example"
    values: dict[str, Any] = {"name": "Contoso", "country": "SE", "contact_email": mail}
    changed = change_customer(cast.contoso, actor=cast.alice, **values)
    assert changed == ["country", "contact_email"]
    mails = {"contact_email": [old, mail]}
    assert log() == [Line("customer.changed", "Contoso", {"country": ["US", "SE"]}, mails)]
    assert change_customer(cast.contoso, actor=cast.alice, **values) == []
    assert len(log()) == 1


def test_a_taken_name_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Refused, match="You already have a customer named northwind"):
        change_customer(cast.contoso, actor=cast.alice, name="northwind", country="SE")
    cast.contoso.refresh_from_db()
    assert (cast.contoso.name, cast.contoso.country) == ("Contoso", "US")
    change_customer(cast.contoso, actor=cast.alice, name="CONTOSO")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "verb", ["UPDATE customers_auditevent SET reason = ''", "DELETE FROM customers_auditevent"]
)
def test_the_database_neither_changes_nor_deletes_an_event(cast: Cast, verb: str) -> None:
    change_customer(cast.contoso, actor=cast.alice, country="SE")
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(verb)


@pytest.mark.parametrize("name", ["Northwind", "Southwind"])
def test_limited_staff_learn_of_no_customer_that_they_do_not_see(cast: Cast, name: str) -> None:
    """One and the same answer, whether another customer has the name or not."""
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.contoso]
    )
    with pytest.raises(Refused) as caught:
        add_customer(actor=limited, name=name, primary_domain="new.example", country="FR")
    assert str(caught.value) == (
        "Customers that you don't see may have this name. Add a domain to it:"
        f" {name} (new.example)."
    )
    with pytest.raises(Refused) as changed:
        change_customer(cast.contoso, actor=limited, name=name)
    assert str(changed.value) == str(caught.value).replace("new.", "contoso.")
    named = f"{name} (new.example)"
    added = add_customer(actor=limited, name=named, primary_domain="new.example", country="FR")
    assert added.name == named
    with pytest.raises(Refused, match="You already have a customer named contoso"):
        add_customer(actor=limited, name="contoso", primary_domain="c.example", country="FR")


def counters(customer: Customer) -> tuple[int, int]:
    fresh = Customer.objects.get(pk=customer.pk)
    return fresh.active_users, fresh.deleted_users


def test_support_staff_say_whose_customer_it_is(cast: Cast) -> None:
    values: dict[str, Any] = {
        "name": "Wingtip",
        "primary_domain": "wingtip.example",
        "country": "US",
    }
    with pytest.raises(Refused, match="Only partner staff can add a customer"):
        add_customer(actor=cast.support, **values)
    added = add_customer(actor=cast.support, partner=cast.litware, **values)
    assert added.partner == cast.litware
    own = add_customer(
        actor=cast.alice, partner=cast.litware, **values | {"primary_domain": "w.io"}
    )
    assert own.partner == cast.fabrikam, "staff add to their own partner alone"


def test_limited_staff_see_the_customer_that_they_have_added(cast: Cast) -> None:
    limited = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[])
    name = "Wingtip (wingtip.example)"
    added = add_customer(actor=limited, name=name, primary_domain="wingtip.example", country="US")
    assert list(Customer.objects.visible_to(limited)) == [added]


def test_a_name_has_no_problem_where_nobody_else_has_it(cast: Cast) -> None:
    fresh = Customer(partner=cast.fabrikam, name="Wingtip")
    assert name_problem(fresh, [], by=cast.alice) == ""
    assert name_problem(cast.contoso, ["contoso.example"], by=cast.alice) == ""
    taken = Customer(partner=cast.fabrikam, name="CONTOSO")
    assert name_problem(taken, [], by=cast.alice).startswith(
        "You already have a customer named CONTOSO"
    )
    limited = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[])
    ended = Customer(partner=cast.fabrikam, name="Wingtip (W.example)")
    assert name_problem(ended, ["a.example", "w.example"], by=limited) == ""


def test_counters_move_by_what_is_told(cast: Cast) -> None:
    move_counters(cast.contoso, active=-1, deleted=1)
    assert counters(cast.contoso) == (1, 1)
    move_counters(cast.contoso.pk, active=3)
    move_counters(cast.contoso)
    assert counters(cast.contoso) == (4, 1)
    assert counters(cast.northwind) == (0, 0)


def test_counters_never_fall_below_none(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        move_counters(cast.northwind, active=-1)
    assert counters(cast.northwind) == (0, 0)


def test_deleted_users_are_counted_down_for_many_customers_at_once(cast: Cast) -> None:
    Customer.objects.update(deleted_users=5)
    with transaction.atomic():
        lower_deleted_counters({cast.contoso.pk: 2, cast.adatum.pk: 2, cast.northwind.pk: 5, 0: 1})
        lower_deleted_counters({})
    assert [counters(one)[1] for one in (cast.contoso, cast.adatum, cast.northwind)] == [3, 3, 0]
