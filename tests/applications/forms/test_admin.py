"""The admin's form: what support staff type becomes the facts of an application."""

from typing import Any

import pytest
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from applications.forms.admin import ApplicationAddForm
from applications.services.applications import Facts
from customers.errors import Refused
from tests.applications.conftest import Chat
from tests.factories import DomainFactory
from tests.support.cast import Cast


def sent(cast: Cast, **changes: Any) -> QueryDict:
    values = {
        "partner": cast.fabrikam.pk,
        "name": "Files",
        "icon": "folder2-open",
        "start_url": "https://files.example/",
    }
    data = QueryDict(mutable=True)
    for name, value in {**values, **changes}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def test_what_is_typed_becomes_the_facts(cast: Cast, chat: Chat) -> None:
    form = ApplicationAddForm(
        sent(
            cast,
            services=[chat.plan.pk],
            customer_domains=" Contoso.example \r\nnorthwind.example",
            redirect_uris="https://files.example/a\r\nhttps://files.example/b",
            post_logout_redirect_uris="https://files.example/bye",
            logout_uri="https://files.example/logout",
            needs_pkce="on",
            extra_claims=["office"],
        )
    )
    assert form.is_valid(), form.errors
    assert form.facts() == Facts(
        name="Files",
        start_url="https://files.example/",
        icon="folder2-open",
        plans=[chat.plan],
        all_customers=False,
        customers=[cast.contoso, cast.northwind],
        redirect_uris=["https://files.example/a", "https://files.example/b"],
        post_logout_redirect_uris=["https://files.example/bye"],
        logout_uri="https://files.example/logout",
        extra_claims=["office"],
    )


def test_very_many_domains_are_looked_up_at_once_and_each_customer_is_chosen_once(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        DomainFactory.create(customer=cast.contoso, name=f"contoso{number}.example")
    typed = "\n".join(f"contoso{number}.example" for number in range(30))
    form = ApplicationAddForm(sent(cast, customer_domains=f"{typed}\nnorthwind.example"))
    form.cleaned_data = {
        "partner": cast.fabrikam,
        "customer_domains": form["customer_domains"].data,
    }
    with django_assert_num_queries(1):
        assert form.clean_customer_domains() == [cast.contoso, cast.northwind]


def test_without_customers_it_is_for_all(cast: Cast) -> None:
    form = ApplicationAddForm(sent(cast, everyone="on", is_public="on"))
    assert form.is_valid(), form.errors
    facts = form.facts()
    assert (facts.everyone, facts.all_customers, facts.is_public) == (True, True, True)
    assert (facts.needs_pkce, list(facts.redirect_uris)) == (False, [])


@pytest.mark.parametrize("domain", ["adatum.example", "nowhere.example", "contoso.example x"])
def test_customers_are_the_partners_own(cast: Cast, domain: str) -> None:
    form = ApplicationAddForm(sent(cast, everyone="on", customer_domains=domain))
    assert list(form.errors) == ["customer_domains"]


@pytest.mark.parametrize(
    ("field", "shown"), [("plans", "services"), ("customers", "customer_domains"), ("name", "name")]
)
def test_a_refusal_is_told_at_the_field_that_is_meant(cast: Cast, field: str, shown: str) -> None:
    form = ApplicationAddForm(sent(cast, everyone="on"))
    form.refused = Refused("Not so.", code="choice-wrong", field=field)
    assert form.errors == {shown: ["Not so."]}
