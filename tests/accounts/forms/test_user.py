"""One user's page as a form: what is changed, what is not touched, what a refusal says where."""

from typing import Any

from django.http import QueryDict

from accounts.forms.user import UserForm
from accounts.models import User
from accounts.services.users import NamesTaken
from customers.errors import Refused
from customers.roles import Role
from licensing.errors import RulesBroken
from tests.factories import UserFactory
from tests.support.cast import Cast


def full(user: User) -> User:
    return User.objects.with_roles().select_related("domain").get(pk=user.pk)


def sent(cast: Cast, user: User, actor: User, **values: Any) -> UserForm:
    """The form as the page shows it, sent with these values."""
    shown = UserForm(customer=cast.contoso, user=user, actor=actor)
    data = QueryDict(mutable=True)
    for name, field in shown.fields.items():
        value = values.get(name, shown.get_initial_for_field(field, name))
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return UserForm(data, customer=cast.contoso, user=user, actor=actor)


def test_roles_that_nobody_touched_are_left_to_the_service(cast: Cast) -> None:
    form = sent(cast, full(cast.gail), full(cast.alice), department="Sales")
    assert form.is_valid()
    values = form.values()
    assert values["roles"] is None
    assert values["fields"]["department"] == "Sales"
    assert values["local_part"] == "gail"
    assert values["seen"]["roles"] == Role.GLOBAL_ADMIN.value


def test_roles_that_were_chosen_are_given(cast: Cast) -> None:
    user = full(cast.uma)
    form = sent(
        cast, user, full(cast.alice), permission="limited", limited_roles=[Role.USER_ADMIN.value]
    )
    assert form.is_valid()
    assert form.values()["roles"] == (Role.USER_ADMIN,)


def test_nobody_changes_the_own_permissions(cast: Cast) -> None:
    gail = full(cast.gail)
    form = sent(cast, gail, gail, first_name="Abigail")
    assert {"permission", "limited_roles"}.isdisjoint(form.fields)
    assert form.is_valid()
    assert form.values()["roles"] is None


def test_a_refusal_stands_where_it_can_be_mended(cast: Cast) -> None:
    form = sent(cast, full(cast.uma), full(cast.alice))
    assert form.is_valid()
    form.refuse(NamesTaken(["gail@contoso.example"]))
    form.refuse(RulesBroken({cast.uma.pk: {1: "Teams needs a usage location."}}))
    form.refuse(Refused("Gone.", code="user-gone"))
    assert list(form.errors) == ["user_name", "usage_location", "__all__"]
    assert form.errors["usage_location"] == ["Teams needs a usage location."]


def test_details_that_are_wrong_are_not_folded_away(cast: Cast) -> None:
    wrong = sent(cast, full(cast.uma), full(cast.alice), office="x" * 129)
    assert wrong.opens_more
    assert not sent(cast, full(cast.uma), full(cast.alice), user_name="").opens_more


def test_after_a_change_by_another_user_the_form_has_both(cast: Cast) -> None:
    uma = full(UserFactory.create(customer=cast.contoso, local_part="una", department="Sales"))
    form = sent(cast, uma, full(cast.alice), office="12")
    assert form.is_valid()
    User.objects.filter(pk=uma.pk).update(department="Research", office="7")
    renewed = form.renewed(["department", "office"], full(cast.alice))
    assert renewed.is_valid()
    fields = renewed.values()["fields"]
    assert (fields["department"], fields["office"]) == ("Research", "12")
    assert renewed.values()["seen"]["office"] == "7"
    assert renewed.values()["key"] != form.values()["key"]


def test_a_user_name_that_was_changed_elsewhere_is_shown_with_its_domain(cast: Cast) -> None:
    uma = full(cast.uma)
    form = sent(cast, uma, full(cast.alice), department="Sales")
    assert form.is_valid()
    fresh = full(uma)
    fresh.user_name = "una@contoso.example"
    fresh.fill_derived()
    fresh.save()
    renewed = form.renewed(["user_name"], full(cast.alice))
    assert renewed.is_valid()
    assert renewed.values()["local_part"] == "una"
    assert renewed.values()["fields"]["department"] == "Sales"
