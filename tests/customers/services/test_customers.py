import pytest
from django.db import IntegrityError, connection

from accounts.invariants import violations
from customers.errors import Refused
from customers.models import Customer, Domain
from customers.roles import Role
from customers.services.customers import add_customer, change_customer
from customers.services.domains import add_domain, make_primary, remove_domain
from tests.accounts.verbs import delete
from tests.factories import DomainFactory, StaffFactory, UserFactory
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
    with pytest.raises(Refused, match=f"You have a customer named {taken} already") as caught:
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
    values = {"name": "Contoso", "country": "SE", "contact_email": "new@mail.example"}
    changed = change_customer(cast.contoso, actor=cast.alice, **values)
    assert changed == ["country", "contact_email"]
    mails = {"contact_email": [old, "new@mail.example"]}
    assert log() == [Line("customer.changed", "Contoso", {"country": ["US", "SE"]}, mails)]
    assert change_customer(cast.contoso, actor=cast.alice, **values) == []
    assert len(log()) == 1


def test_a_taken_name_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Refused, match="You have a customer named northwind already"):
        change_customer(cast.contoso, actor=cast.alice, name="northwind", country="SE")
    cast.contoso.refresh_from_db()
    assert (cast.contoso.name, cast.contoso.country) == ("Contoso", "US")
    change_customer(cast.contoso, actor=cast.alice, name="CONTOSO")


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
    with pytest.raises(Refused, match="This domain was removed meanwhile"):
        make_primary(page, actor=cast.alice)
    assert names(cast.contoso) == {"contoso.example": True}
    assert violations() == []


def test_a_domain_that_a_living_user_has_stays(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    vera = UserFactory.create(customer=cast.contoso, domain=second)
    with pytest.raises(Refused, match=r"People have user names with contoso\.test"):
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
    with pytest.raises(Refused, match="You have a customer named contoso already"):
        add_customer(actor=limited, name="contoso", primary_domain="c.example", country="FR")
