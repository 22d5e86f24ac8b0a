"""Details and permissions of a customer's user: names filled in, roles given, what is grave."""

import pytest
from django.http import QueryDict

from accounts.forms.details import (
    MODEL_FIELDS,
    DetailsForm,
    PermissionsMixin,
    is_grave_form,
    roles_sent,
)
from accounts.models import User
from customers.roles import LIMITED_ROLES, Role
from tests.factories import DomainFactory, UserFactory
from tests.support.cast import Cast


def sent(**values: object) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [str(value)])
    return data


def details(cast: Cast, **values: object) -> DetailsForm:
    domain = cast.contoso.domains.get(is_primary=True).pk
    given = {"user_name": "ada", "domain": domain, "display_name": "Ada Lind", **values}
    return DetailsForm(sent(**given), customer=cast.contoso)


def test_all_fields_of_the_model_are_there_and_empty_ones_are_empty(cast: Cast) -> None:
    form = details(cast)
    assert form.is_valid()
    assert form.model_fields() == {**dict.fromkeys(MODEL_FIELDS, ""), "display_name": "Ada Lind"}
    assert form.typed_name() == "ada@contoso.example"


def test_the_display_name_is_made_of_the_others_where_it_is_empty(cast: Cast) -> None:
    form = details(cast, display_name="", first_name="Ada", last_name="Lind")
    assert form.is_valid()
    assert form.cleaned_data["display_name"] == "Ada Lind"
    assert details(cast, display_name="", last_name="Lind").is_valid()


def test_without_any_name_it_is_asked_for(cast: Cast) -> None:
    assert details(cast, display_name="").errors == {
        "display_name": ["Enter a display name, or a first or last name."]
    }


def test_another_error_of_the_display_name_is_not_filled_over(cast: Cast) -> None:
    form = details(cast, display_name="x" * 257, first_name="Ada")
    assert "256 characters" in form.errors["display_name"][0]


def test_what_was_left_out_of_a_field_is_said_by_its_label(cast: Cast) -> None:
    form = details(cast, first_name="A\u200bda")
    assert form.is_valid()
    assert form.cleaned_data["first_name"] == "Ada"
    [told] = form.removed
    assert told.startswith("First name: invisible characters were removed")


def test_an_invisible_character_in_a_user_name_is_an_error(cast: Cast) -> None:
    form = details(cast, user_name="a\u200bda")
    assert "An invisible character" in form.errors["user_name"][0]
    assert form["user_name"].value() == "ada", "the control holds what one saw"


@pytest.mark.parametrize("user_name", ["", "ada@contoso.example", "a" * 65])
def test_a_user_name_that_can_not_be_is_refused_at_its_field(cast: Cast, user_name: str) -> None:
    assert list(details(cast, user_name=user_name).errors) == ["user_name"]


def test_only_the_customers_own_domains_are_offered(cast: Cast) -> None:
    own = DomainFactory.create(customer=cast.contoso)
    foreign = cast.adatum.domains.get()
    assert details(cast, domain=own.pk).is_valid()
    assert list(details(cast, domain=foreign.pk).errors) == ["domain"]


@pytest.mark.parametrize("name", ["usage_location", "country"])
def test_a_country_is_one_of_the_list_or_none(cast: Cast, name: str) -> None:
    assert details(cast, **{name: "DE"}).is_valid()
    assert list(details(cast, **{name: "ZZ"}).errors) == [name]


def test_a_user_is_shown_with_the_part_before_the_at(cast: Cast) -> None:
    user = UserFactory.create(customer=cast.contoso, local_part="ada.x", country="DE", fax="12")
    shown = DetailsForm.initial_of(user)
    assert (shown["user_name"], shown["domain"]) == ("ada.x", user.domain_id)
    assert (shown["country"], shown["fax"], shown["job_title"]) == ("DE", "12", "")


@pytest.mark.parametrize(
    "values, roles",
    [
        ({"permission": "user"}, ()),
        ({"permission": "user", "limited_roles": [Role.USER_ADMIN]}, ()),
        ({"permission": "global"}, (Role.GLOBAL_ADMIN,)),
        ({"permission": "limited", "limited_roles": ["x", "y"]}, ("x", "y")),
        ({"permission": "other"}, None),
        ({}, None),
    ],
)
def test_roles_are_read_of_a_form_before_it_is_checked(
    values: dict[str, object], roles: tuple[str, ...] | None
) -> None:
    assert roles_sent(sent(**values)) == roles


def test_a_form_that_makes_or_unmakes_an_administrator_is_grave() -> None:
    assert is_grave_form(sent(permission="global"))
    assert is_grave_form(sent(permission="user"), [Role.GLOBAL_ADMIN])
    assert not is_grave_form(sent(permission="user"))
    assert not is_grave_form(sent(first_name="Ada"), [Role.GLOBAL_ADMIN])


def permissions(**values: object) -> PermissionsMixin:
    return PermissionsMixin(sent(**values))


@pytest.mark.parametrize("role", LIMITED_ROLES)
def test_a_limited_administrator_has_the_areas_that_were_chosen(role: Role) -> None:
    form = permissions(permission="limited", limited_roles=[role.value])
    assert form.is_valid()
    assert form.roles() == (role,)


def test_areas_count_for_a_limited_administrator_alone() -> None:
    for kind, roles in (("user", ()), ("global", (Role.GLOBAL_ADMIN,))):
        form = permissions(permission=kind, limited_roles=[LIMITED_ROLES[0].value])
        assert form.is_valid()
        assert form.roles() == roles


def test_a_limited_administrator_of_nothing_is_refused() -> None:
    errors = permissions(permission="limited").errors
    assert errors == {"limited_roles": ["Choose at least one area, or choose User."]}


def test_a_user_who_does_not_reach_administrators_makes_none(cast: Cast) -> None:
    agent = User.objects.with_roles().get(pk=cast.bob.pk)
    form = permissions(permission="global")
    form.limit_permissions(agent)
    assert not form.may_give_roles
    assert list(form.errors) == ["permission"]
    allowed = permissions(permission="global")
    allowed.limit_permissions(User.objects.with_roles().get(pk=cast.alice.pk))
    assert allowed.is_valid()


@pytest.mark.parametrize(
    "roles, kind",
    [
        ([], "user"),
        ([Role.USER_ADMIN], "limited"),
        ([Role.GLOBAL_ADMIN], "global"),
        ([Role.USER_ADMIN, Role.GLOBAL_ADMIN], "global"),
    ],
)
def test_the_highest_permission_is_shown(cast: Cast, roles: list[Role], kind: str) -> None:
    user = UserFactory.create(customer=cast.contoso, roles=roles)
    assert PermissionsMixin.initial_permissions(user)["permission"] == kind
