"""The same usage location, department or permissions for many users at once."""

import pytest
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from accounts.services.users import block_users, change_user, change_users
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Batch, BatchKind, BatchState, Outcome
from customers.roles import Role
from tests.accounts.verbs import delete, fresh, outcomes, subscribe
from tests.factories import SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from tests.support.log import Line, log


def change(cast: Cast, *users: User, actor: User | None = None, **rest: object) -> Batch:
    return change_users(users, customer=cast.contoso, actor=actor or cast.alice, **rest)  # type: ignore[arg-type]


def test_each_item_holds_what_it_was_before_and_is_now(cast: Cast) -> None:
    ann, ben = (
        UserFactory.create(customer=cast.contoso, department=department, usage_location=location)
        for department, location in (("Sales", "NO"), ("", "US"))
    )
    batch = change(cast, ann, ben, fields={"department": "Support"})
    assert [fresh(user).department for user in (ann, ben)] == ["Support", "Support"]
    assert {fresh(user).changed_by_batch for user in (ann, ben)} == {batch}
    items = batch.items.order_by("user").values_list("before", "after")
    assert list(items) == [
        ({"department": "Sales"}, {"department": "Support"}),
        ({"department": ""}, {"department": "Support"}),
    ]
    assert [line.changes for line in log()] == [
        {"department": ["Sales", "Support"]},
        {"department": ["", "Support"]},
    ]
    assert {line.action for line in log()} == {"user.changed"}
    assert (batch.kind, batch.done, batch.failed) == (BatchKind.CHANGE, 2, 0)
    assert batch.request == {"fields": {"department": "Support"}, "roles": None}
    assert violations() == []


def test_one_of_many_is_written_as_one_alone_is(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso, department="Sales")
    wanted = {"usage_location": "SE", "department": "IT"}
    roles = (Role.LICENSE_ADMIN, Role.USER_ADMIN)
    change_user(ann, customer=cast.contoso, actor=cast.alice, fields=wanted, roles=roles)
    change(cast, ben, fields=wanted, roles=roles)
    alone, among = (fresh(user).batch_items.get() for user in (ann, ben))
    assert (alone.before, alone.outcome) == (among.before, among.outcome)
    assert set(alone.after.pop("roles")) == set(among.after.pop("roles"))
    assert alone.after == among.after == wanted
    assert fresh(ann).roles == fresh(ben).roles


def test_a_user_who_has_it_already_is_left_alone(cast: Cast) -> None:
    before = User.objects.get(pk=cast.uma.pk)
    batch = change(cast, cast.gail, cast.uma, fields={"usage_location": "US"})
    assert outcomes(batch) == [
        (cast.gail.pk, Outcome.ALREADY, "No change needed."),
        (cast.uma.pk, Outcome.ALREADY, "No change needed."),
    ]
    assert (batch.done, batch.failed, batch.already, log()) == (0, 0, 2, [])
    assert fresh(cast.uma).changed_by_batch == before.changed_by_batch


def test_a_location_that_a_held_product_forbids_leaves_that_user_out(cast: Cast) -> None:
    phone = subscribe(cast, "Phone", cast.uma)
    phone.product.blocked_countries = ["KP"]
    phone.product.save()
    batch = change(cast, cast.gail, cast.uma, fields={"usage_location": "KP"})
    assert outcomes(batch) == [
        (cast.gail.pk, Outcome.DONE, ""),
        (cast.uma.pk, Outcome.FAILED, "Phone can't be used in North Korea."),
    ]
    assert (fresh(cast.gail).usage_location, fresh(cast.uma).usage_location) == ("KP", "US")
    with pytest.raises(Refused, match=r"^Phone can't be used in North Korea\.$"):
        change(cast, cast.uma, fields={"usage_location": "KP"})
    assert violations() == []


def test_without_a_location_no_license_is_kept(cast: Cast) -> None:
    subscribe(cast, "Phone", cast.uma)
    batch = change(cast, cast.gail, cast.uma, fields={"usage_location": ""})
    assert [outcome for _pk, outcome, _why in outcomes(batch)] == [Outcome.DONE, Outcome.FAILED]
    assert fresh(cast.uma).usage_location == "US"


def test_where_a_license_is_held_already_it_stays(cast: Cast) -> None:
    """A product that became forbidden later stands in the way of a move there, not of others."""
    phone = subscribe(cast, "Phone", cast.uma)
    phone.product.blocked_countries = ["US", "KP"]
    phone.product.save()
    batch = change(cast, cast.uma, fields={"usage_location": "US", "department": "IT"})
    assert outcomes(batch) == [(cast.uma.pk, Outcome.DONE, "")]
    assert fresh(cast.uma).department == "IT"


def test_permissions_are_replaced_as_a_set(cast: Cast) -> None:
    billing = UserFactory.create(customer=cast.contoso, roles=[Role.BILLING_ADMIN])
    batch = change(cast, cast.uma, billing, roles=[Role.USER_ADMIN, Role.LICENSE_ADMIN])
    new = ["License administrator", "User administrator"]
    assert list(batch.items.order_by("user").values_list("before", "after")) == [
        ({"roles": []}, {"roles": new}),
        ({"roles": ["Billing administrator"]}, {"roles": new}),
    ]
    assert [list(map(str, fresh(user).roles)) for user in (cast.uma, billing)] == [new, new]
    assert log()[1].changes == {"roles": [["Billing administrator"], new]}
    change(cast, cast.uma, billing, roles=[])
    assert [fresh(user).roles for user in (cast.uma, billing)] == [(), ()]
    assert fresh(cast.gail).roles == (Role.GLOBAL_ADMIN,)
    assert violations() == []


def test_nobody_demotes_themself_among_others(cast: Cast) -> None:
    batch = change(cast, cast.gail, cast.uma, actor=cast.gail, roles=[Role.SERVICE_ADMIN])
    own = "You can't remove your own permissions. Ask another administrator."
    assert outcomes(batch) == [
        (cast.gail.pk, Outcome.SKIPPED, own),
        (cast.uma.pk, Outcome.DONE, ""),
    ]
    assert fresh(cast.gail).roles == (Role.GLOBAL_ADMIN,)
    with pytest.raises(Refused, match=f"^{own}$"):
        change(cast, cast.gail, actor=cast.gail, roles=[])


def test_nobody_gives_permissions_above_their_own(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    with pytest.raises(Refused, match="can't make a user an administrator"):
        change(cast, cast.uma, actor=admin, roles=[Role.SERVICE_ADMIN])
    with pytest.raises(Refused, match="is for partner staff"):
        change(cast, cast.uma, roles=[Role.HELPDESK_AGENT])
    assert not Batch.objects.exists()


def test_administrators_beyond_reach_and_the_deleted_are_left_out(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    delete(cast, ann)
    batch = change(
        cast, cast.gail, cast.uma, admin, ann, ben, actor=admin, fields={"department": "IT"}
    )
    beyond = "{} is an administrator, whom your role can't manage."
    assert outcomes(batch) == [
        (cast.gail.pk, Outcome.SKIPPED, beyond.format("Gail")),
        (cast.uma.pk, Outcome.DONE, ""),
        (admin.pk, Outcome.SKIPPED, beyond.format(admin.display_name)),
        (ann.pk, Outcome.FAILED, f"{ann.display_name} has been deleted by Alice."),
        (ben.pk, Outcome.DONE, ""),
    ]


def test_users_of_another_customer_are_not_changed(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    change(cast, cast.uma, stranger, fields={"department": "IT"})
    assert fresh(stranger).department == ""
    with pytest.raises(Refused, match="been deleted permanently"):
        change(cast, stranger, fields={"department": "IT"})


def test_helpdesk_and_sales_change_nobody(cast: Cast) -> None:
    for actor in (cast.bob, cast.sally):
        with pytest.raises(Refused, match="Ask one of these roles:"):
            change(cast, cast.uma, actor=actor, fields={"department": "IT"})


def test_a_users_own_data_is_not_for_many(cast: Cast) -> None:
    with pytest.raises(ValueError, match="not for many: display_name, password"):
        change(cast, cast.uma, fields={"password": "x", "display_name": "x", "department": "IT"})


def test_the_same_key_changes_once(cast: Cast) -> None:
    first = change(cast, cast.uma, fields={"department": "IT"}, key="k")
    with pytest.raises(AlreadyDone) as caught:
        change(cast, cast.uma, fields={"department": "Sales"}, key="k")
    assert caught.value.batch == first
    assert fresh(cast.uma).department == "IT"


@pytest.mark.parametrize("at_once", [0, 10])
def test_what_was_asked_for_reaches_the_users_at_once_and_by_a_task(
    cast: Cast, settings: Settings, at_once: int
) -> None:
    settings.PEOPLE_AT_ONCE = at_once
    request = {"fields": {"usage_location": "SE"}, "roles": ["Service administrator"]}
    batch = running.perform(
        BatchKind.CHANGE,
        [cast.uma.pk],
        customer=cast.contoso,
        actor=cast.alice,
        request=request,
    )
    running.run_batch(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.done, batch.request) == (BatchState.DONE, 1, request)
    assert (fresh(cast.uma).usage_location, fresh(cast.uma).roles) == ("SE", (Role.SERVICE_ADMIN,))


@pytest.mark.parametrize("kind", [BatchKind.RESET, BatchKind.BLOCK, BatchKind.DELETE])
def test_the_reason_is_kept_in_the_log(cast: Cast, kind: BatchKind) -> None:
    running.perform(
        kind,
        [cast.uma.pk],
        customer=cast.contoso,
        actor=cast.alice,
        request={"reason": "Ticket 4711 — “left”"},
    )
    assert AuditEvent.objects.get().reason == "Ticket 4711 — “left”"


def test_a_reason_is_none_where_none_was_given(cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert AuditEvent.objects.get().reason == ""


def test_the_log_says_who_was_changed(cast: Cast) -> None:
    change(cast, cast.uma, roles=[Role.GLOBAL_ADMIN])
    assert log() == [
        Line("user.changed", "Uma (uma@contoso.example)", {"roles": [[], ["Global administrator"]]})
    ]


def test_seats_are_not_touched(cast: Cast) -> None:
    mail = SubscriptionFactory.create(customer=cast.contoso, quantity=3)
    assign(mail, cast.uma, cast.gail)
    change(cast, cast.uma, cast.gail, fields={"usage_location": "NO"}, roles=[Role.GLOBAL_ADMIN])
    mail.refresh_from_db()
    assert mail.assigned == 2
    assert violations() == []
