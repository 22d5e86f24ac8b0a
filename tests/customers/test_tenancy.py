"""What is not yours is a 404, what the role lacks is a refusal that names who can."""

from contextlib import suppress
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from django.views.generic import TemplateView

from accounts.models import User
from customers.models import Customer, CustomerQuerySet
from customers.narrowing import Narrowing, narrowed_to
from customers.roles import Capability, Role
from customers.tenancy import (
    CustomerScopeMixin,
    RoleMixin,
    get_customer,
    require,
    visible_customer,
    why_beyond_reach,
)
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast


class TeamPage(RoleMixin, TemplateView):
    capability = Capability.MANAGE_TEAM

    def scope(self, **kwargs: Any) -> None:
        if "missing" in kwargs:
            raise Http404

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse("the team")


class CustomerPage(CustomerScopeMixin, TemplateView):
    capability = Capability.MANAGE_USERS

    def scope(self, **kwargs: Any) -> None:
        self.scoped = kwargs

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert self.request.customer == self.customer
        assert self.get_context_data()["customer"] == self.customer
        return HttpResponse(f"{self.customer.name} {self.scoped} {self.kwargs}")


def ask(view: Any, user: User, **kwargs: Any) -> str:
    request = RequestFactory().get("/")
    request.user = user
    response: HttpResponse = view.as_view()(request, **kwargs)
    return response.content.decode()


def test_a_customer_comes_with_partner_and_primary_domain(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        found: Any = get_customer(cast.alice, cast.contoso.pk, Capability.SEE)
        assert (found, found.partner, found.primary_domain) == (
            cast.contoso,
            cast.fabrikam,
            "contoso.example",
        )


def test_another_partners_customer_is_not_there(cast: Cast) -> None:
    missing = [
        (cast.charlie, cast.contoso.pk),
        (cast.alice, cast.adatum.pk),
        (cast.gail, cast.northwind.pk),
        (cast.support, cast.contoso.pk),
        (cast.alice, 0),
        # More than a column holds, which SQLite does not even take.
        (cast.alice, 2**63),
    ]
    for user, pk in missing:
        with pytest.raises(Http404):
            get_customer(user, pk, Capability.SEE)


def test_a_role_too_small_is_no_404_but_not_before_the_scope(cast: Cast) -> None:
    with pytest.raises(
        PermissionDenied, match=r"Ask one of these roles: Account admin · Admin agent\."
    ):
        get_customer(cast.bob, cast.contoso.pk, Capability.MANAGE_USERS)
    with pytest.raises(Http404):
        get_customer(cast.bob, cast.adatum.pk, Capability.MANAGE_USERS)


def test_a_question_that_is_kept_shows_each_user_their_own(cast: Cast) -> None:
    """Users of the same rights share it, whichever of them asked first."""

    def beside(customers: CustomerQuerySet, viewer: Any, *numbers: int) -> CustomerQuerySet:
        return customers.annotate(of=Value(viewer.pk), number=Value(sum(numbers)))

    limited = [
        StaffFactory.create(partner=cast.fabrikam, only=[customer])
        for customer in (cast.contoso, cast.northwind)
    ]
    users = [cast.charlie, cast.alice, cast.gail, *limited, cast.support]
    seen: dict[int, set[Customer]] = {}
    for user in users:
        for customer in (cast.contoso, cast.northwind, cast.adatum):
            for numbers in ((), (7,)):
                with suppress(Http404):
                    found: Any = visible_customer(user, customer.pk, beside=beside, numbers=numbers)
                    assert (found, found.partner_id) == (customer, customer.partner_id)
                    assert (found.of, found.number) == (user.pk, sum(numbers))
                    seen.setdefault(user.pk, set()).add(customer)
    assert seen == {
        cast.charlie.pk: {cast.adatum},
        cast.alice.pk: {cast.contoso, cast.northwind},
        cast.gail.pk: {cast.contoso},
        limited[0].pk: {cast.contoso},
        limited[1].pk: {cast.northwind},
    }


def test_what_a_token_leaves_is_asked_anew(cast: Cast) -> None:
    everything = frozenset(Capability)
    both = [cast.contoso, cast.northwind]
    for own, other in (both, both[::-1]):
        narrowing = Narrowing(cast.alice.pk, 1, "api", everything, frozenset([own.pk]))
        with narrowed_to(narrowing):
            assert visible_customer(cast.alice, own.pk) == own
            with pytest.raises(Http404):
                visible_customer(cast.alice, other.pk)


def test_a_page_may_narrow_the_customers_down(cast: Cast) -> None:
    others = Customer.objects.exclude(pk=cast.contoso.pk)
    with pytest.raises(Http404):
        get_customer(cast.alice, cast.contoso.pk, Capability.SEE, among=others)
    found = get_customer(cast.alice, cast.northwind.pk, Capability.SEE, among=others)
    assert found == cast.northwind


def test_what_the_role_allows_passes_without_a_word(cast: Cast) -> None:
    require(cast.alice, Capability.MANAGE_TEAM)
    require(cast.bob, Capability.RESET_PASSWORDS)
    require(cast.bob, Capability.RESET_PASSWORDS, cast.uma)


@pytest.mark.parametrize(
    "capability, said",
    [
        (
            Capability.MANAGE_TEAM,
            "Your role can't do this. Ask one of these roles: Account admin of all",
        ),
        (Capability.MANAGE_USERS, "Ask one of these roles: Account admin · Admin agent."),
    ],
)
def test_a_refusal_names_the_partners_roles_for_staff(
    cast: Cast, capability: Capability, said: str
) -> None:
    with pytest.raises(PermissionDenied) as caught:
        require(cast.bob, capability)
    assert said in str(caught.value)


def test_a_refusal_names_the_customers_roles_for_its_own_users(cast: Cast) -> None:
    with pytest.raises(PermissionDenied, match=r"Ask one of these roles: Global administrator\."):
        require(cast.uma, Capability.MANAGE_USERS)
    with pytest.raises(PermissionDenied, match=r"^Only your partner can do this\.$"):
        require(cast.gail, Capability.MANAGE_CUSTOMERS)


def test_an_administrator_is_beyond_a_limited_role(cast: Cast) -> None:
    limited = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    require(limited, Capability.MANAGE_USERS, cast.uma)
    with pytest.raises(PermissionDenied, match="is an administrator, whom your role can't"):
        require(limited, Capability.MANAGE_USERS, cast.gail)
    assert why_beyond_reach(limited, Capability.MANAGE_USERS) == (
        "This user is an administrator, whom your role can't manage."
        " Ask one of these roles: Global administrator."
    )


def test_a_page_of_the_portal_needs_the_capability(cast: Cast) -> None:
    assert ask(TeamPage, cast.alice) == "the team"
    with pytest.raises(PermissionDenied):
        ask(TeamPage, cast.bob)
    with pytest.raises(PermissionDenied):
        ask(TeamPage, cast.gail)


def test_support_staff_have_no_pages_of_the_portal(cast: Cast) -> None:
    with pytest.raises(Http404):
        ask(TeamPage, cast.support)
    with pytest.raises(Http404):
        ask(CustomerPage, cast.support, customer=cast.contoso.pk)


def test_what_the_address_names_is_looked_for_after_the_role_and_before_the_page(
    cast: Cast,
) -> None:
    with pytest.raises(Http404):
        ask(TeamPage, cast.alice, missing=1)
    with pytest.raises(PermissionDenied):
        ask(TeamPage, cast.bob, missing=1)


def test_a_page_of_a_customer_is_given_it_and_no_longer_its_number(cast: Cast) -> None:
    said = ask(CustomerPage, cast.alice, customer=cast.contoso.pk, item=7)
    assert said == "Contoso {'item': 7} {'item': 7}"


def test_limited_staff_find_their_own_customers_alone(cast: Cast) -> None:
    limited = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ADMIN_AGENT], only=[cast.northwind]
    )
    assert ask(CustomerPage, limited, customer=cast.northwind.pk).startswith("Northwind")
    with pytest.raises(Http404):
        ask(CustomerPage, limited, customer=cast.contoso.pk)
