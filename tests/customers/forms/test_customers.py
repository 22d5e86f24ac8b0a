"""Forms of customers and domains: what is wrong stands at its field, in one sentence."""

import pytest

from accounts.models import User
from customers.forms.customers import CustomerAddForm, CustomerChangeForm, DomainForm
from customers.models import Customer
from customers.roles import Role
from tests.factories import DomainFactory, StaffFactory
from tests.support.cast import Cast

NEW = {
    "name": "Woodgrove",
    "primary_domain": "woodgrove.example",
    "country": "SE",
    "contact_email": "it@woodgrove.example",
}


def adding(user: User, **values: str) -> CustomerAddForm:
    form = CustomerAddForm({**NEW, **values}, user=user)
    form.is_valid()
    return form


def limited(cast: Cast, *only: Customer) -> User:
    return StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=only)


def changing(cast: Cast, **values: str) -> CustomerChangeForm:
    page = CustomerChangeForm(user=cast.alice, customer=cast.contoso)
    data = {name: page.get_initial_for_field(page.fields[name], name) for name in page.fields}
    form = CustomerChangeForm(
        {**data, **values}, user=cast.alice, customer=Customer.objects.get(pk=cast.contoso.pk)
    )
    form.is_valid()
    return form


def test_a_new_customer_is_taken_with_its_domain_in_small_letters(cast: Cast) -> None:
    form = adding(cast.alice, primary_domain=" WoodGrove.example ")
    assert form.errors == {}
    assert form.cleaned_data["primary_domain"] == "woodgrove.example"
    assert form.twin is None


def test_what_is_left_empty_is_asked_for_in_words_of_its_own(cast: Cast) -> None:
    form = adding(cast.alice, name="", primary_domain="", country="", contact_email="")
    assert form.errors == {
        "name": ["Enter the customer's name."],
        "primary_domain": ["Enter a domain such as contoso.com."],
        "country": ["Choose a country."],
    }


def test_a_taken_name_and_a_taken_domain_are_told_at_once(cast: Cast) -> None:
    form = adding(cast.alice, name="contoso", primary_domain="adatum.example")
    assert form.errors == {
        "name": ["You already have a customer named contoso. Choose another name."],
        "primary_domain": ["This domain cannot be used here."],
    }


def test_the_very_same_customer_is_the_first_clicks_and_no_error(cast: Cast) -> None:
    added = Customer.objects.create(
        partner=cast.fabrikam, **{name: NEW[name] for name in NEW if name != "primary_domain"}
    )
    DomainFactory.create(customer=added, name="woodgrove.example")
    form = adding(cast.alice)
    assert (form.errors, form.twin) == ({}, added)
    other = adding(cast.alice, country="NO")
    assert other.twin is None
    assert set(other.errors) == {"name", "primary_domain"}


def test_no_twin_is_found_at_another_partner(cast: Cast) -> None:
    added = Customer.objects.create(
        partner=cast.litware, **{name: NEW[name] for name in NEW if name != "primary_domain"}
    )
    DomainFactory.create(customer=added, name="woodgrove.example")
    form = adding(cast.alice)
    assert form.twin is None
    assert form.errors == {"primary_domain": ["This domain cannot be used here."]}


def test_limited_staff_end_a_name_with_its_domain(cast: Cast) -> None:
    user = limited(cast, cast.contoso)
    assert "End it with a domain" in str(adding(user).fields["name"].help_text)
    assert "Add a domain to it: Woodgrove (woodgrove.example)." in str(adding(user).errors["name"])
    assert adding(user, name="Woodgrove (woodgrove.example)").errors == {}
    assert not adding(cast.alice).fields["name"].help_text


def test_invisible_characters_are_left_out_and_told(cast: Cast) -> None:
    form = adding(cast.alice, name="Wood\u200bgrove")
    assert form.cleaned_data["name"] == "Woodgrove"
    assert form.removed == ["Name: invisible characters were removed: U+200B (zero width space)."]


def test_a_page_that_is_saved_as_it_was_changes_nothing(cast: Cast) -> None:
    form = changing(cast)
    assert (form.errors, form.changes()) == ({}, {})


def test_only_what_was_changed_is_to_be_saved(cast: Cast) -> None:
    form = changing(cast, country="SE", contact_email="")
    assert form.errors == {}
    assert form.changes() == {"country": "SE", "contact_email": ""}


def test_what_a_colleague_has_changed_elsewhere_is_not_overwritten(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(contact_email="new@mail.example")
    form = changing(cast, country="SE")
    assert (form.errors, form.changes()) == ({}, {"country": "SE"})


def test_a_colleagues_change_of_the_same_field_needs_a_second_save(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(country="DE", contact_email="")
    form = changing(cast, country="SE", contact_email="mine@mail.example")
    text = "Someone else changed this to “%s” while you were editing. Save again to replace it."
    assert form.errors == {"country": [text % "Germany"], "contact_email": [text % "–"]}
    again = CustomerChangeForm(form.data, user=cast.alice, customer=form.customer)
    assert again.is_valid()
    assert again.changes() == {"country": "SE", "contact_email": "mine@mail.example"}


def test_the_same_change_by_a_colleague_is_no_clash(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.contoso.pk).update(country="SE")
    form = changing(cast, country="SE")
    assert (form.errors, form.changes()) == ({}, {})


def test_the_own_name_in_other_letters_is_free(cast: Cast) -> None:
    assert changing(cast, name="CONTOSO").errors == {}
    assert "You already have a customer named NORTHWIND" in str(
        changing(cast, name="NORTHWIND").errors
    )


def domain(cast: Cast, name: str) -> DomainForm:
    form = DomainForm({"name": name}, customer=cast.contoso)
    form.is_valid()
    return form


@pytest.mark.parametrize("name", ["contoso.shop", "CONTOSO.Shop", " contoso.shop\u200b"])
def test_a_further_domain_is_taken_as_users_write_it(cast: Cast, name: str) -> None:
    form = domain(cast, name)
    assert (form.errors, form.twin) == ({}, None)
    assert form.cleaned_data["name"] == "contoso.shop"
    assert bool(form.removed) is ("\u200b" in name)


def test_a_domain_that_the_customer_has_is_its_twin(cast: Cast) -> None:
    form = domain(cast, "Contoso.example")
    assert (form.errors, form.twin) == ({}, cast.contoso.domains.get())


@pytest.mark.parametrize("name", ["northwind.example", "adatum.example", "fabrikam.example"])
def test_a_domain_of_others_is_refused_without_a_word_about_whose(cast: Cast, name: str) -> None:
    assert domain(cast, name).errors == {"name": ["This domain cannot be used here."]}


@pytest.mark.parametrize("name", ["contoso", "a b.com", "zoë.com"])
def test_what_is_no_domain_is_told_how_one_is_written(cast: Cast, name: str) -> None:
    [text] = domain(cast, name).errors["name"]
    assert str(text).startswith("Enter a domain such as contoso.com:")
