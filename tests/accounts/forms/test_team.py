"""Staff of a partner: names, roles and reach as they are typed, and changed meanwhile."""

import pytest
from django.http import QueryDict

from accounts.forms.team import StaffAddForm, StaffChangeForm
from accounts.models import User
from accounts.services.users import NamesTaken
from customers.errors import Refused
from customers.roles import Role
from tests.support.cast import Cast


def full(user: User) -> User:
    return User.objects.with_roles().select_related("domain").get(pk=user.pk)


def sent(cast: Cast, **values: object) -> QueryDict:
    data = QueryDict(mutable=True)
    given = {
        "user_name": "dora",
        "domain": cast.fabrikam.domains.get().pk,
        "display_name": "Dora",
        "roles": [Role.SALES_AGENT.value],
        "reach": "all",
        **values,
    }
    for name, value in given.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return data


def added(cast: Cast, **values: object) -> StaffAddForm:
    return StaffAddForm(sent(cast, **values), partner=cast.fabrikam)


def test_a_new_user_has_a_name_roles_and_all_customers(cast: Cast) -> None:
    form = added(cast)
    assert form.is_valid()
    details = form.details()
    assert details.user_name == "dora@fabrikam.example"
    assert (details.roles, details.limited_to_customers) == ((Role.SALES_AGENT,), False)
    assert details.fields["display_name"] == "Dora"


def test_the_customers_can_be_chosen_on_the_next_page(cast: Cast) -> None:
    form = added(cast, reach="some")
    assert form.is_valid()
    assert form.details().limited_to_customers


@pytest.mark.parametrize("reach", ["", "none"])
def test_the_reach_is_one_of_the_two(cast: Cast, reach: str) -> None:
    assert list(added(cast, reach=reach).errors) == ["reach"]


def test_roles_are_needed_and_those_of_staff(cast: Cast) -> None:
    assert "Choose at least one role" in added(cast, roles=[]).errors["roles"][0]
    assert list(added(cast, roles=[Role.GLOBAL_ADMIN.value]).errors) == ["roles"]


def test_domains_are_the_partners_own(cast: Cast) -> None:
    foreign = cast.litware.domains.get().pk
    assert list(added(cast, domain=foreign).errors) == ["domain"]
    assert list(added(cast, domain=cast.contoso.domains.get().pk).errors) == ["domain"]


def test_a_refusal_stands_at_its_field_or_above_the_form(cast: Cast) -> None:
    form = added(cast, user_name="bob")
    assert form.is_valid()
    form.refuse(NamesTaken(["bob@fabrikam.example"]))
    assert "Try bob2" in form.errors["user_name"][0]
    form.refuse(Refused("Somebody must stay.", code="last-account-admin", field="roles"))
    form.refuse(Refused("Not here.", code="team-not-yours", field="elsewhere"))
    assert form.errors["roles"] == ["Somebody must stay."]
    assert form.errors["__all__"] == ["Not here."]


def change(cast: Cast, user: User, actor: User, **values: object) -> StaffChangeForm:
    """The form as the page shows it, sent with these values."""
    shown = StaffChangeForm(partner=cast.fabrikam, user=user, actor=actor)
    data = QueryDict(mutable=True)
    for name in shown.fields:
        value = values.get(name, shown.get_initial_for_field(shown.fields[name], name))
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return StaffChangeForm(data, partner=cast.fabrikam, user=user, actor=actor)


def test_nothing_touched_is_what_is_there(cast: Cast) -> None:
    bob = full(cast.bob)
    form = change(cast, bob, cast.alice)
    assert form.is_valid()
    assert form.details().roles == bob.roles
    assert form.details().user_name == bob.user_name


def test_ones_own_roles_are_not_on_the_form_and_stay(cast: Cast) -> None:
    alice = full(cast.alice)
    form = change(cast, alice, alice, display_name="Alice B")
    assert form.is_valid()
    assert "roles" not in form.fields
    assert form.details().roles is None
    assert form.renewed(["roles"], alice).fields.keys() == form.fields.keys()


def test_after_a_change_by_another_user_the_form_has_both(cast: Cast) -> None:
    bob = full(cast.bob)
    form = change(cast, bob, cast.alice, first_name="Rob")
    assert form.is_valid()
    User.objects.filter(pk=bob.pk).update(last_name="Builder", first_name="Bobby")
    renewed = form.renewed(["first_name", "last_name"], cast.alice)
    assert renewed.is_valid()
    assert renewed.values()["first_name"] == "Rob"
    assert renewed.values()["last_name"] == "Builder"
    assert renewed.cleaned_data["seen"]["first_name"] == "Bobby"
