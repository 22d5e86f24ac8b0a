"""Add user: what is taken over of the last one, what is chosen, and what is said of a refusal."""

import pytest
from django.http import QueryDict

from accounts.forms.adding import AddUserForm, Option
from accounts.models import User
from accounts.services.users import NamesTaken
from customers.errors import Refused
from customers.roles import Role
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast


def full(user: User) -> User:
    return User.objects.with_roles().get(pk=user.pk)


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)


def form_of(cast: Cast, **values: object) -> AddUserForm:
    data = QueryDict(mutable=True)
    given = {
        "key": "k",
        "user_name": "ada",
        "domain": cast.contoso.domains.get().pk,
        "display_name": "Ada Lind",
        "usage_location": "US",
        "permission": "user",
        **values,
    }
    for name, value in given.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return AddUserForm(data, customer=cast.contoso, actor=full(cast.alice))


def option_of(form: AddUserForm) -> Option:
    [option] = form.options
    return option


def test_the_first_one_is_where_the_customer_is(cast: Cast) -> None:
    form = AddUserForm(customer=cast.contoso, actor=full(cast.alice))
    assert form.initial["usage_location"] == "US"
    assert form.initial["key"] != ""


def test_the_next_one_has_what_the_last_one_had(cast: Cast, teams: Subscription) -> None:
    like = UserFactory.create(customer=cast.contoso, usage_location="DE", roles=[Role.USER_ADMIN])
    assign(teams, like, services_off=["CALLS"])
    form = AddUserForm(customer=cast.contoso, actor=full(cast.alice), like=full(like))
    assert form.initial["usage_location"] == "DE"
    assert "permission" not in form.initial, "an administrator is one by choice"
    assert form.not_given == "User administrator"
    option = option_of(form)
    assert option.chosen
    assert [(plan.code, plan.is_on) for plan in option.plans] == [("CALLS", False), ("CHAT", True)]
    assert form.not_taken_over == []
    assert not form.opens_more


def test_the_department_is_taken_over_in_sight(cast: Cast) -> None:
    like = UserFactory.create(customer=cast.contoso, department="Sales")
    form = AddUserForm(customer=cast.contoso, actor=full(cast.alice), like=full(like))
    assert (form.initial["department"], form.opens_more, form.not_given) == ("Sales", True, "")


def test_what_has_no_seat_is_not_taken_over_and_told(cast: Cast, teams: Subscription) -> None:
    like = UserFactory.create(customer=cast.contoso)
    assign(teams, like, cast.uma)
    form = AddUserForm(customer=cast.contoso, actor=full(cast.alice), like=full(like))
    option = option_of(form)
    assert (option.chosen, option.is_full, option.is_off) == (False, True, True)
    assert form.not_taken_over == [str(teams)]
    assert form.some_are_off


def test_a_suspended_one_is_off_unless_it_is_chosen(cast: Cast, teams: Subscription) -> None:
    Subscription.objects.filter(pk=teams.pk).update(status=SubscriptionStatus.SUSPENDED)
    assert option_of(form_of(cast)).is_off
    chosen = option_of(form_of(cast, licenses=teams.pk))
    assert (chosen.is_suspended, chosen.is_off) == (True, False)


def test_plans_are_off_that_were_shown_and_not_checked(cast: Cast, teams: Subscription) -> None:
    form = form_of(
        cast,
        **{
            "licenses": teams.pk,
            f"shown_{teams.pk}": "CHAT CALLS",
            f"services_{teams.pk}": ["CHAT"],
        },
    )
    assert form.is_valid()
    [given] = form.new_user().licenses
    assert (given.subscription_id, given.services_off) == (teams.pk, ("CALLS",))


def test_plans_that_the_page_did_not_show_are_on(cast: Cast, teams: Subscription) -> None:
    form = form_of(cast, licenses=teams.pk)
    assert form.is_valid()
    assert [given.services_off for given in form.new_user().licenses] == [()]


def test_a_subscription_of_another_customer_is_no_choice(cast: Cast, teams: Subscription) -> None:
    foreign = SubscriptionFactory.create(customer=cast.adatum)
    assert list(form_of(cast, licenses=foreign.pk).errors) == ["licenses"]


def test_a_user_who_gives_no_licenses_is_shown_none(cast: Cast, teams: Subscription) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.PASSWORD_ADMIN])
    form = AddUserForm(customer=cast.contoso, actor=full(admin))
    assert (form.may_license, form.options) == (False, [])


def test_the_same_form_has_one_key_for_each_user_name(cast: Cast) -> None:
    keys = []
    for values in ({}, {"user_name": "ADA"}, {"user_name": "ben"}, {"key": "other"}):
        form = form_of(cast, **values)
        assert form.is_valid()
        keys.append(form.batch_key())
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_a_page_that_lost_its_key_says_what_to_do(cast: Cast) -> None:
    errors = form_of(cast, key="").errors
    assert errors == {"key": ["This page came back incomplete. Open Add user again."]}


def test_to_look_at_the_seats_again_says_nothing_of_what_is_not_typed(cast: Cast) -> None:
    form = form_of(cast, user_name="", display_name="")
    form.look_again()
    assert form.errors == {}


def test_details_that_are_wrong_are_not_folded_away(cast: Cast) -> None:
    assert form_of(cast, department="x" * 65).opens_more
    assert not form_of(cast, user_name="").opens_more


def refused(cast: Cast, refusal: Refused, **values: object) -> AddUserForm:
    form = form_of(cast, **values)
    assert form.is_valid()
    form.refuse(refusal)
    return form


def test_a_taken_name_comes_with_one_that_is_free(cast: Cast) -> None:
    form = refused(cast, NamesTaken(["uma@contoso.example"]), user_name="uma")
    [text] = form.errors["user_name"]
    assert "uma@contoso.example" in text
    assert "Try uma2" in text


def test_a_refusal_of_licenses_stands_at_the_subscription(cast: Cast, teams: Subscription) -> None:
    other = SubscriptionFactory.create(customer=cast.contoso)
    refusals = [
        SeatsShort({teams.pk: 1}, {teams.pk: teams}),
        RulesBroken({1: {teams.product_id: "Teams needs a usage location."}}),
        NotActive(teams),
    ]
    for refusal in refusals:
        form = refused(cast, refusal, licenses=teams.pk)
        problems = {option.subscription.pk: option.problems for option in form.options}
        assert problems[other.pk] == []
        assert len(problems[teams.pk]) == 1
        assert form.errors["licenses"] == [str(refusal)]


def test_any_other_refusal_stands_above_the_form(cast: Cast) -> None:
    form = refused(cast, Refused("Not now.", code="user-gone"))
    assert form.errors == {"__all__": ["Not now."]}
