"""Changing, blocking and allowing."""

import pytest

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import (
    ChangedMeanwhile,
    NamesTaken,
    change_user,
)
from accounts.sorting import sort_key
from customers.errors import AlreadyDone, Refused
from customers.models import Batch
from customers.roles import Role
from licensing.errors import RulesBroken
from tests.accounts.verbs import delete, fresh, subscribe
from tests.factories import DomainFactory, UserFactory
from tests.support.cast import Cast
from tests.support.log import Line, log

UMA = "Uma (uma@contoso.example)"


def change(cast: Cast, user: User, actor: User | None = None, **rest: object) -> dict[str, object]:
    rest.setdefault("fields", {})
    changes = change_user(user, customer=cast.contoso, actor=actor or cast.alice, **rest)  # type: ignore[arg-type]
    return dict(changes)


def test_only_what_differs_is_changed_and_told(cast: Cast) -> None:
    fields = {"first_name": "Uma", "city": "Umeå", "department": "Sales"}
    changes = change(cast, cast.uma, fields=fields)
    assert changes == {"city": ["", "Umeå"], "department": ["", "Sales"]}
    assert log() == [
        Line("user.changed", UMA, {"department": ["", "Sales"]}, {"city": ["", "Umeå"]})
    ]
    item = fresh(cast.uma).batch_items.get()
    assert (item.before, item.after) == (
        {"city": "", "department": ""},
        {"city": "Umeå", "department": "Sales"},
    )
    assert violations() == []


def test_nothing_changed_is_no_line_in_the_log(cast: Cast) -> None:
    assert change(cast, cast.uma, fields={"first_name": "Uma"}) == {}
    assert log() == []
    assert fresh(cast.uma).changed_by_batch is None


def test_a_new_user_name_is_signed_in_with_and_found(cast: Cast) -> None:
    test = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    change(cast, cast.uma, local_part="Uma.Ek", domain=test, fields={"display_name": "Uma Ek"})
    uma = fresh(cast.uma)
    assert (uma.user_name, uma.username) == ("Uma.Ek@contoso.test", "uma.ek@contoso.test")
    assert (uma.domain, uma.sort_name) == (test, sort_key("Uma Ek", cast.contoso.country.code))
    assert log()[0].target == "Uma Ek (Uma.Ek@contoso.test)"
    assert log()[0].personal["user_name"] == ["uma@contoso.example", "Uma.Ek@contoso.test"]
    assert violations() == []


def test_only_the_letter_case_of_a_name_may_change(cast: Cast) -> None:
    domain = cast.contoso.domains.get(is_primary=True)
    change(cast, cast.uma, local_part="Uma", domain=domain)
    assert fresh(cast.uma).user_name == "Uma@contoso.example"
    assert violations() == []


@pytest.mark.parametrize(
    "local_part, error, said",
    [
        ("gail", NamesTaken, "taken: gail@contoso.example"),
        ("GAIL", NamesTaken, "taken: gail@contoso.example"),
        ("u@x", Refused, "Leave out the @"),
        ("", Refused, "letters a to z"),
    ],
)
def test_a_name_that_can_not_be_changes_nothing(
    cast: Cast, local_part: str, error: type[Refused], said: str
) -> None:
    domain = cast.contoso.domains.get(is_primary=True)
    with pytest.raises(error, match=said.replace(".", r"\.")):
        change(cast, cast.uma, local_part=local_part, domain=domain, fields={"city": "Umeå"})
    uma = fresh(cast.uma)
    assert (uma.user_name, uma.city) == ("uma@contoso.example", "")
    assert Batch.objects.count() == 0


def test_another_customers_domain_is_refused(cast: Cast) -> None:
    foreign = cast.northwind.domains.get(is_primary=True)
    with pytest.raises(Refused, match="The domain has been removed"):
        change(cast, cast.uma, local_part="uma", domain=foreign)


def test_roles_are_changed_as_a_set(cast: Cast) -> None:
    changes = change(cast, cast.uma, roles=(Role.USER_ADMIN, Role.LICENSE_ADMIN))
    assert fresh(cast.uma).roles == (Role.LICENSE_ADMIN, Role.USER_ADMIN)
    assert changes["roles"] == [[], ["User administrator", "License administrator"]]
    change(cast, cast.uma, roles=())
    assert fresh(cast.uma).roles == ()
    assert violations() == []


def test_nobody_demotes_themself(cast: Cast) -> None:
    with pytest.raises(Refused, match="You can't remove your own permissions"):
        change(cast, cast.gail, actor=cast.gail, roles=(Role.USER_ADMIN,))
    change(cast, cast.gail, actor=cast.gail, fields={"city": "Umeå"}, roles=(Role.GLOBAL_ADMIN,))


def test_a_user_admin_neither_makes_nor_changes_administrators(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    with pytest.raises(Refused, match="can't make a user an administrator"):
        change(cast, cast.uma, actor=admin, roles=(Role.LICENSE_ADMIN,))
    with pytest.raises(Refused, match="Gail is an administrator, whom your role can't manage"):
        change(cast, cast.gail, actor=admin, fields={"city": "Umeå"})
    change(cast, cast.uma, actor=admin, fields={"city": "Umeå"})


def test_a_role_of_partner_staff_is_for_no_customer(cast: Cast) -> None:
    with pytest.raises(Refused, match="is for partner staff"):
        change(cast, cast.uma, roles=(Role.ACCOUNT_ADMIN,))


@pytest.mark.parametrize(
    "location, said",
    [("", "Set the usage location first"), ("KP", "can't be used in North Korea")],
)
def test_a_location_that_a_held_product_forbids_is_refused(
    cast: Cast, location: str, said: str
) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    teams.product.blocked_countries = ["KP"]
    teams.product.save()
    with pytest.raises(RulesBroken, match=said) as caught:
        change(cast, cast.uma, fields={"usage_location": location})
    assert caught.value.problems.keys() == {cast.uma.pk}
    change(cast, cast.gail, fields={"usage_location": location})


def test_what_another_user_changed_meanwhile_is_said(cast: Cast) -> None:
    seen = {"city": "", "roles": ""}
    change(cast, cast.uma, fields={"city": "Umeå"})
    with pytest.raises(ChangedMeanwhile) as caught:
        change(cast, cast.uma, fields={"city": "Oslo"}, seen=seen)
    assert caught.value.fields == ["city"]
    assert fresh(cast.uma).city == "Umeå"


def test_a_deleted_user_is_not_changed(cast: Cast) -> None:
    delete(cast, cast.uma)
    with pytest.raises(Refused, match=r"^Uma has been deleted by Alice\.$"):
        change(cast, cast.uma, fields={"city": "Umeå"})


def test_a_user_of_another_customer_is_not_changed(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind, display_name="Stranger")
    with pytest.raises(Refused, match="Stranger has been removed"):
        change(cast, stranger, fields={"city": "Umeå"})


def test_the_same_key_changes_once(cast: Cast) -> None:
    change(cast, cast.uma, fields={"city": "Umeå"}, key="form-1")
    with pytest.raises(AlreadyDone):
        change(cast, cast.uma, fields={"city": "Oslo"}, key="form-1")
    assert fresh(cast.uma).city == "Umeå"
