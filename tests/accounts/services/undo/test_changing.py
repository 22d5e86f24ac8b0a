"""Undo of changed details and permissions."""

from accounts.models import User
from accounts.services.users import NewUser, add_users, change_users
from accounts.sorting import sort_key
from customers.models import BatchKind
from customers.roles import Role
from tests.accounts.undoing import (
    HAVE,
    change,
    give,
    left,
    plan,
    undo,
)
from tests.accounts.verbs import fresh, subscribe
from tests.factories import DomainFactory, UserFactory
from tests.support.cast import Cast
from tests.support.log import log


def test_each_field_is_as_before(cast: Cast) -> None:
    uma = cast.uma
    fields = {"display_name": "Uma Ek", "department": "Sales", "usage_location": "SE"}
    domain = cast.contoso.domains.get()
    batch = change(cast, uma, fields=fields, local_part="uma.ek", domain=domain)
    assert plan(batch, cast.alice).points == [
        "As before: 1 × Department, 1 × Display name, 1 × Usage location, 1 × User name."
    ]
    done = undo(batch, cast.alice)
    now = fresh(uma)
    assert (now.display_name, now.department, str(now.usage_location)) == ("Uma", "", "US")
    assert (now.user_name, now.username, now.sort_name) == (
        *["uma@contoso.example"] * 2,
        sort_key("Uma", cast.contoso.country.code),
    )
    assert (done.kind, done.done, now.changed_by_batch) == (BatchKind.CHANGE, 1, done)
    line = log()[-1]
    assert line.changes == {"department": ["Sales", ""], "usage_location": ["SE", "US"]}
    assert line.personal["display_name"] == ["Uma Ek", "Uma"]
    undo(done, cast.alice)
    assert fresh(uma).user_name == "uma.ek@contoso.example"


def test_permissions_are_as_before_and_nobody_gives_more_than_the_own(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    raised = change(cast, cast.uma, roles=(Role.LICENSE_ADMIN, Role.BILLING_ADMIN))
    lowered = undo(raised, cast.gail)
    assert fresh(cast.uma).roles == ()
    done = plan(lowered, admin)
    assert [why for _row, _outcome, why in done.left] == [
        "Your role can't make a user an administrator. Choose User."
    ]
    undo(lowered, cast.gail)
    assert set(fresh(cast.uma).roles) == {Role.LICENSE_ADMIN, Role.BILLING_ADMIN}


def test_nobody_takes_the_own_permissions_away_by_undo(cast: Cast) -> None:
    batch = change(cast, cast.uma, roles=(Role.GLOBAL_ADMIN,))
    found = plan(batch, fresh(cast.uma))
    assert [why for _row, _outcome, why in found.left] == [
        "You can't remove your own permissions. Ask another administrator."
    ]


def test_a_location_that_a_license_forbids_is_not_set_back(cast: Cast) -> None:
    teams = subscribe(cast, "Teams")
    teams.product.blocked_countries = ["KP"]
    teams.product.save()
    change(cast, cast.uma, fields={"usage_location": "KP"})
    batch = change(cast, cast.uma, fields={"usage_location": "US"})
    give(cast, [cast.uma], {teams: HAVE})
    found = plan(batch, cast.alice)
    assert [why for _row, _outcome, why in found.left] == ["Teams can't be used in North Korea."]


def test_a_name_that_a_user_has_taken_is_not_set_back(cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    batch = change(cast, cast.uma, local_part="uma.ek", domain=domain)
    add_users([NewUser("uma", domain, "Uma Two")], customer=cast.contoso, actor=cast.alice)
    found = plan(batch, cast.alice)
    assert [why for _row, _outcome, why in found.left] == [
        "Another user has the user name uma@contoso.example."
    ]


def test_whose_field_is_no_longer_as_the_change_left_it_is_left_alone(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso, department="Sales")
    batch = change_users(
        [ann, ben], customer=cast.contoso, actor=cast.alice, fields={"department": "IT"}
    )
    User.objects.filter(pk=ann.pk).update(department="Law")
    done = undo(batch, cast.alice)
    assert left(done) == {ann.pk: "It has been changed since then."}
    assert [fresh(user).department for user in (ann, ben)] == ["Law", "Sales"]


def test_each_gets_the_own_value_of_before(cast: Cast) -> None:
    ann = UserFactory.create(customer=cast.contoso, department="Sales", usage_location="NO")
    ben = UserFactory.create(customer=cast.contoso, department="Law", usage_location="SE")
    fields = {"department": "IT", "usage_location": "SE"}
    batch = change_users([ann, ben], customer=cast.contoso, actor=cast.alice, fields=fields)
    assert plan(batch, cast.alice).points == ["As before: 2 × Department, 1 × Usage location."]
    undo(batch, cast.alice)
    found = [(fresh(user).department, str(fresh(user).usage_location)) for user in (ann, ben)]
    assert found == [("Sales", "NO"), ("Law", "SE")]


def test_a_name_whose_domain_is_gone_is_not_set_back(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="second.example")
    moved = UserFactory.create(customer=cast.contoso, local_part="mo", domain=second)
    batch = change(cast, moved, local_part="mo", domain=cast.contoso.domains.get(is_primary=True))
    second.delete()
    found = plan(batch, cast.alice)
    assert [why for _row, _outcome, why in found.left] == [
        "The domain second.example does not belong to this customer."
    ]


def test_the_undo_of_a_change_is_undone_in_its_turn(cast: Cast) -> None:
    batch = change(cast, cast.uma, fields={"department": "IT"})
    back = undo(batch, cast.alice)
    assert fresh(cast.uma).department == ""
    undo(back, cast.alice)
    assert fresh(cast.uma).department == "IT"
