"""Account: the customer's name, country, contact and domains."""

import pytest
from django.test import Client

from accounts.models import User
from customers.forms.customers import CustomerChangeForm
from customers.models import AuditEvent, Customer, Domain
from tests.factories import DomainFactory, UserFactory
from tests.support.cast import Cast
from tests.support.forms import words
from tests.support.html import problems


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


@pytest.fixture
def url(cast: Cast) -> str:
    return f"/customers/{cast.contoso.pk}/account/"


def sent(customer: Customer, **changes: str) -> dict[str, str]:
    """The form of the customer as it was shown, with what was typed."""
    shown = {name: str(getattr(customer, name)) for name in ("name", "country", "contact_email")}
    return {**shown, **{f"seen_{name}": value for name, value in shown.items()}, **changes}


def test_the_account_is_changed_and_logged(alice: Client, cast: Cast, url: str) -> None:
    assert problems(alice.get(url).content.decode()) == []
    response = alice.post(url, sent(cast.contoso, name="Contoso Ltd", country="NO"), follow=True)
    assert "The account is saved." in words(response.content.decode())
    cast.contoso.refresh_from_db()
    assert (cast.contoso.name, cast.contoso.country) == ("Contoso Ltd", "NO")
    event = AuditEvent.objects.get(action="customer.changed")
    assert event.changes == {"name": ["Contoso", "Contoso Ltd"], "country": ["US", "NO"]}


def test_saving_twice_changes_once(alice: Client, cast: Cast, url: str) -> None:
    form = sent(cast.contoso, name="Contoso Ltd")
    assert [alice.post(url, form).status_code for _click in range(2)] == [302, 302]
    assert AuditEvent.objects.filter(action="customer.changed").count() == 1


def test_what_a_colleague_changed_elsewhere_stays(alice: Client, cast: Cast, url: str) -> None:
    form = sent(cast.contoso, name="Contoso Ltd")
    Customer.objects.filter(pk=cast.contoso.pk).update(contact_email="new@contoso.example")
    assert alice.post(url, form).status_code == 302
    cast.contoso.refresh_from_db()
    assert cast.contoso.name == "Contoso Ltd"
    assert cast.contoso.contact_email == "new@contoso.example"


def test_a_colleagues_change_of_the_same_field_is_shown_first(
    alice: Client, cast: Cast, url: str
) -> None:
    form = sent(cast.contoso, name="Contoso Ltd", country="NO")
    Customer.objects.filter(pk=cast.contoso.pk).update(country="SE")
    response = alice.post(url, form)
    assert list(response.context["form"].errors) == ["country"]
    assert "Someone else changed this to “Sweden” while you were editing." in words(
        response.content.decode()
    )
    cast.contoso.refresh_from_db()
    assert (cast.contoso.name, cast.contoso.country) == ("Contoso", "SE")
    again = response.context["form"].data
    assert alice.post(url, again).status_code == 302
    cast.contoso.refresh_from_db()
    assert (cast.contoso.name, cast.contoso.country) == ("Contoso Ltd", "NO")


def test_a_colleagues_change_of_the_last_moment_is_shown_too(
    alice: Client, cast: Cast, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = CustomerChangeForm.changes

    def first_a_colleague(form: CustomerChangeForm) -> dict[str, str]:
        # The form has read the row by now.
        Customer.objects.filter(pk=cast.contoso.pk).update(country="SE")
        return real(form)

    monkeypatch.setattr(CustomerChangeForm, "changes", first_a_colleague)
    response = alice.post(url, sent(cast.contoso, name="Contoso Ltd", country="NO"))
    assert list(response.context["form"].errors) == ["country"]
    assert alice.post(url, response.context["form"].data).status_code == 302
    cast.contoso.refresh_from_db()
    assert (cast.contoso.name, cast.contoso.country) == ("Contoso Ltd", "NO")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Enter the customer's name."),
        ("name", "northwind", "You already have a customer named northwind."),
        ("name", "x" * 10_000, "120 characters or fewer"),
        ("country", "ZZ", "Select a valid choice"),
        ("contact_email", "x", "Enter an email address such as name@example.com."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    alice: Client, cast: Cast, url: str, field: str, value: str, message: str
) -> None:
    response = alice.post(url, sent(cast.contoso, **{field: value}))
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert message in errors[field][0]
    assert response.context["form"][field].value() == value
    assert problems(response.content.decode()) == []
    assert not AuditEvent.objects.exists()


def test_own_name_in_other_letters_is_no_other_customer(
    alice: Client, cast: Cast, url: str
) -> None:
    assert alice.post(url, sent(cast.contoso, name="CONTOSO")).status_code == 302
    assert Customer.objects.get(pk=cast.contoso.pk).name == "CONTOSO"


@pytest.mark.parametrize("who", ["bob", "sally", "gail"])
def test_others_read_the_account_alone(client: Client, cast: Cast, url: str, who: str) -> None:
    DomainFactory.create(customer=cast.contoso, name="contoso-shop.example")
    client.force_login(getattr(cast, who))
    page = client.get(url).content.decode()
    assert "contoso-shop.example" in words(page)
    main = page[page.index("<main") : page.index("</main>")]
    assert [tag for tag in ("<form", "<input", "Remove domain", "Save") if tag in main] == []
    response = client.post(url, sent(cast.contoso, name="Mine"))
    assert response.status_code == 403
    assert Customer.objects.get(pk=cast.contoso.pk).name == "Contoso"


def test_a_domain_is_added(alice: Client, cast: Cast, url: str) -> None:
    page = alice.get(f"{url}domains/add/").content.decode()
    assert problems(page) == []
    for _click in range(2):
        response = alice.post(f"{url}domains/add/", {"name": "Contoso-Shop.example"})
        assert response.headers["Location"] == url
    assert [domain.name for domain in cast.contoso.domains.all()] == [
        "contoso.example",
        "contoso-shop.example",
    ]


@pytest.mark.parametrize(
    "taken", ["northwind.example", "adatum.example", "litware.example", "FABRIKAM.example"]
)
def test_a_taken_domain_cannot_be_used_here_and_nothing_more_is_said(
    alice: Client, url: str, taken: str
) -> None:
    response = alice.post(f"{url}domains/add/", {"name": taken})
    assert response.context["form"].errors == {"name": ["This domain cannot be used here."]}
    text = words(response.content.decode())
    assert [name for name in ("Northwind", "Adatum", "Litware", "Fabrikam") if name in text] == []
    assert problems(response.content.decode()) == []


@pytest.mark.parametrize("wrong", ["", "shop", "@contoso.example", "x" * 10_000, "shop .example"])
def test_what_is_no_domain_is_refused(alice: Client, cast: Cast, url: str, wrong: str) -> None:
    response = alice.post(f"{url}domains/add/", {"name": wrong})
    assert "Enter a domain such as contoso.com" in response.context["form"].errors["name"][0]
    assert response.context["form"]["name"].value() == wrong
    assert cast.contoso.domains.count() == 1


def test_another_domain_becomes_primary(alice: Client, cast: Cast, url: str) -> None:
    shop = DomainFactory.create(customer=cast.contoso, name="contoso-shop.example")
    asked = alice.get(f"{url}domains/{shop.pk}/primary/").content.decode()
    assert problems(asked) == []
    assert cast.contoso.domains.get(is_primary=True).name == "contoso.example"
    response = alice.post(f"{url}domains/{shop.pk}/primary/", follow=True)
    assert "contoso-shop.example is now the primary domain." in words(response.content.decode())
    assert cast.contoso.domains.get(is_primary=True) == shop


def test_a_domain_without_users_is_removed_after_asking(
    alice: Client, cast: Cast, url: str
) -> None:
    shop = DomainFactory.create(customer=cast.contoso, name="contoso-shop.example")
    asked = alice.get(f"{url}domains/{shop.pk}/remove/").content.decode()
    assert problems(asked) == []
    assert "Remove contoso-shop.example?" in words(asked)
    for told in ("contoso-shop.example is removed.", "This domain was already removed."):
        response = alice.post(f"{url}domains/{shop.pk}/remove/", follow=True)
        assert told in words(response.content.decode())
    assert AuditEvent.objects.filter(action="domain.removed").count() == 1
    assert not Domain.objects.filter(pk=shop.pk).exists()


def test_a_domain_of_living_users_stays(alice: Client, cast: Cast, url: str) -> None:
    shop = DomainFactory.create(customer=cast.contoso, name="contoso-shop.example")
    UserFactory.create(customer=cast.contoso, domain=shop)
    remove = f"{url}domains/{shop.pk}/remove/"
    asked = alice.get(remove).content.decode()
    assert "Users have user names with this domain. Change these first." in words(asked)
    assert "<form" not in asked[asked.index("<main") : asked.index("</main>")]
    response = alice.post(remove, follow=True)
    assert "Change these first." in words(response.content.decode())
    assert Domain.objects.filter(pk=shop.pk).exists()


def test_the_primary_domain_stays(alice: Client, cast: Cast, url: str) -> None:
    primary = cast.contoso.domains.get()
    response = alice.post(f"{url}domains/{primary.pk}/remove/", follow=True)
    assert "Make another one primary first." in words(response.content.decode())
    assert cast.contoso.domains.get() == primary


@pytest.mark.parametrize("act", ["primary", "remove"])
def test_another_customers_domain_is_a_404(alice: Client, cast: Cast, url: str, act: str) -> None:
    foreign = cast.northwind.domains.get()
    for number in (foreign.pk, 9_000_000_000):
        address = f"{url}domains/{number}/{act}/"
        assert [alice.get(address).status_code, alice.post(address).status_code] == [404, 404]
    assert cast.northwind.domains.get() == foreign


def test_who_may_not_change_domains_is_told_who_can(client: Client, cast: Cast, url: str) -> None:
    shop = DomainFactory.create(customer=cast.contoso, name="contoso-shop.example")
    client.force_login(User.objects.get(pk=cast.bob.pk))
    for address in ("add", f"{shop.pk}/primary", f"{shop.pk}/remove"):
        response = client.post(f"{url}domains/{address}/", {"name": "new.example"})
        assert response.status_code == 403
        assert "Ask one of these roles: Account admin" in response.content.decode()
    assert cast.contoso.domains.count() == 2
