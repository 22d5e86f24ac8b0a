"""Restoring: rule 4 of a user's life."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.returns import Choices, fingerprint
from accounts.services.users import (
    NewUser,
    PlanChanged,
    add_users,
    block_users,
    plan_restore,
    purge_due_users,
    reset_passwords,
)
from customers.errors import Refused
from customers.models import Outcome
from customers.roles import Role
from customers.services.domains import remove_domain
from licensing.models import Subscription
from licensing.services.subscriptions import cancel_subscription, suspend_subscription
from tests.accounts.verbs import delete, fresh, held, outcomes, restore, subscribe
from tests.factories import (
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
    assign,
)
from tests.support.cast import Cast
from tests.support.log import Line, log


def test_restore_brings_everything_back(cast: Cast) -> None:
    cast.gives_password(cast.gail)
    User.objects.filter(pk=cast.gail.pk).update(city="Umeå")
    teams = subscribe(cast)
    assign(teams, cast.gail, services_off=["CHAT"])
    before = fresh(cast.gail)
    delete(cast, cast.gail)
    restored = restore(cast, cast.gail)
    gail = fresh(cast.gail)
    kept = ("user_name", "username", "domain", "city", "password", "roles", "added_at")
    assert {name: getattr(gail, name) for name in kept} == {
        name: getattr(before, name) for name in kept
    }
    assert (gail.deleted_at, gail.deleted_by, gail.purge_after) == (None, None, None)
    assert gail.changed_by_batch == restored.batch
    assert held(gail) == [("Teams", ["CHAT"])]
    assert gail.get_session_auth_hash() != before.get_session_auth_hash()
    assert restored.returns[0].user.is_active
    cast.contoso.refresh_from_db()
    assert (cast.contoso.active_users, cast.contoso.deleted_users) == (2, 0)
    assert violations() == []


def test_restore_is_in_the_log_with_what_came_back_and_what_did_not(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    visio = subscribe(cast, "Visio", cast.uma, quantity=1)
    delete(cast, cast.uma)
    assign(visio, cast.gail)
    restored = restore(cast, cast.uma)
    assert log()[1:] == [
        Line(
            "user.restored",
            "Uma (uma@contoso.example)",
            {"restored": ["Teams"], "not_restored": ["Visio"]},
        )
    ]
    item = restored.batch.items.get()
    assert (item.outcome, item.reason) == (Outcome.PARTLY, "Visio: no seats left.")
    assert item.after["restored"] == ["Teams"]
    assert [lost["product"] for lost in item.after["lost"]] == ["Visio"]
    assert violations() == []


def test_the_last_seats_go_to_the_first_of_the_list(cast: Cast) -> None:
    users = UserFactory.create_batch(3, customer=cast.contoso)
    teams = subscribe(cast, "Teams", *users, quantity=3)
    delete(cast, *users)
    Subscription.objects.filter(pk=teams.pk).update(quantity=1)
    restore(cast, users[2], users[0], users[1])
    assert [held(user) for user in users] == [[], [], [("Teams", [])]]
    assert violations() == []


def test_a_suspended_or_canceled_subscription_does_not_come_back(cast: Cast) -> None:
    visio = subscribe(cast, "Visio", cast.uma)
    yammer = subscribe(cast, "Yammer", cast.uma)
    delete(cast, cast.uma)
    suspend_subscription(visio, actor=cast.alice)
    cancel_subscription(yammer, actor=cast.alice)
    restored = restore(cast, cast.uma)
    assert [reason for _row, reason in restored.returns[0].lost] == [
        "Visio: the subscription is suspended.",
        "Yammer: the subscription was canceled.",
    ]
    assert held(cast.uma) == []


def test_a_license_that_needs_a_lost_one_is_lost_too(cast: Cast) -> None:
    base = subscribe(cast, "Base", cast.uma, quantity=1)
    addon = ProductFactory.create(name="Add-on", requires=[base.product])
    SubscriptionFactory.create(customer=cast.contoso, product=addon, holders=[cast.uma])
    delete(cast, cast.uma)
    assign(base, cast.gail)
    restored = restore(cast, cast.uma)
    assert sorted(reason for _row, reason in restored.returns[0].lost) == [
        "Add-on needs Base too.",
        "Base: no seats left.",
    ]
    assert violations() == []


def test_only_what_the_deletion_released_comes_back(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    change = {teams.pk: LicenseChange(have=False)}
    change_licenses([cast.uma], change, customer=cast.contoso, actor=cast.alice)
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    assert held(cast.uma) == []


def test_twice_deleted_brings_back_what_was_held_the_second_time(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    visio = subscribe(cast, "Visio")
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    assign(visio, cast.uma)
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    assert held(cast.uma) == [("Teams", []), ("Visio", [])]
    assert violations() == []


def test_blocked_before_is_blocked_again(cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    uma = fresh(cast.uma)
    assert uma.blocked_at
    assert uma.blocked_by == cast.alice


def test_a_session_from_before_stays_dead_after_restore(cast: Cast) -> None:
    session = fresh(cast.uma).get_session_auth_hash()
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    assert fresh(cast.uma).get_session_auth_hash() != session


def test_an_expired_temporary_password_is_said(cast: Cast, settings: Settings) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    delete(cast, cast.uma)
    assert [
        item.password_expired for item in plan_restore([fresh(cast.uma)], customer=cast.contoso)
    ] == [False]
    long_ago = timezone.now() - timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    User.objects.filter(pk=cast.uma.pk).update(temporary_password_set_at=long_ago)
    assert restore(cast, cast.uma).returns[0].password_expired


def _replace_uma(cast: Cast) -> None:
    delete(cast, cast.uma)
    domain = cast.contoso.domains.get(is_primary=True)
    add_users([NewUser("uma", domain, "Other Uma")], customer=cast.contoso, actor=cast.alice)


def test_a_name_taken_meanwhile_is_refused_and_a_free_one_proposed(cast: Cast) -> None:
    _replace_uma(cast)
    with pytest.raises(Refused, match=r"has the user name uma@contoso\.example"):
        restore(cast, cast.uma)
    plan = plan_restore([fresh(cast.uma)], customer=cast.contoso)
    assert plan[0].proposal == "uma2@contoso.example"
    assert fresh(cast.uma).deleted_at


def test_another_name_goes_on(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    _replace_uma(cast)
    restored = restore(cast, cast.uma, choices=Choices({cast.uma.pk: "Uma.Two@contoso.example"}))
    uma = fresh(cast.uma)
    assert (uma.user_name, uma.username) == ("Uma.Two@contoso.example", "uma.two@contoso.example")
    assert held(uma) == [("Teams", [])]
    assert restored.returns[0].user.username == uma.username
    assert log()[-1].personal == {"user_name": ["uma@contoso.example", "Uma.Two@contoso.example"]}
    assert violations() == []


@pytest.mark.parametrize(
    "name, said",
    [
        ("uma@northwind.example", "does not belong to this customer"),
        ("u ma@contoso.example", "can't be in a user name"),
        ("gail@contoso.example", "Another user has"),
    ],
)
def test_another_name_must_be_legal_and_free(cast: Cast, name: str, said: str) -> None:
    _replace_uma(cast)
    with pytest.raises(Refused, match=said):
        restore(cast, cast.uma, choices=Choices({cast.uma.pk: name}))


def test_a_domain_gone_meanwhile_proposes_the_primary_one(cast: Cast) -> None:
    second = DomainFactory.create(customer=cast.contoso, name="contoso.test")
    vera = UserFactory.create(customer=cast.contoso, domain=second, local_part="vera")
    delete(cast, vera)
    remove_domain(second, actor=cast.alice)
    with pytest.raises(Refused, match=r"The domain contoso\.test does not belong to this customer"):
        restore(cast, vera)
    plan = plan_restore([fresh(vera)], customer=cast.contoso)
    assert plan[0].proposal == "vera@contoso.example"
    restore(cast, vera, choices=Choices({vera.pk: plan[0].proposal}))
    assert violations() == []


def test_two_of_one_name_can_not_both_come_back(cast: Cast) -> None:
    _replace_uma(cast)
    other = User.objects.get(username="uma@contoso.example")
    delete(cast, other)
    with pytest.raises(Refused, match="Two of these users would have the user name"):
        restore(cast, cast.uma, other)
    restore(cast, cast.uma, other, choices=Choices({other.pk: "uma2@contoso.example"}))
    assert violations() == []


def test_a_user_admin_restores_no_administrators(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    delete(cast, cast.gail, cast.uma)
    batch = restore(cast, cast.gail, cast.uma, actor=admin).batch
    assert [outcome for _pk, outcome, _why in outcomes(batch)] == [Outcome.SKIPPED, Outcome.DONE]
    assert fresh(cast.gail).deleted_at


def test_restored_twice_says_so(cast: Cast) -> None:
    delete(cast, cast.uma)
    restore(cast, cast.uma)
    with pytest.raises(Refused, match="Uma has been restored by someone else"):
        restore(cast, cast.uma)


@pytest.mark.parametrize("purge_runs", [True, False])
def test_restore_works_until_the_date_and_not_after_it(cast: Cast, *, purge_runs: bool) -> None:
    delete(cast, cast.uma, cast.gail)
    over = User.objects.filter(pk=cast.uma.pk)
    over.update(deleted_at=F("deleted_at") - timedelta(days=30), purge_after=timezone.now())
    if purge_runs:
        assert purge_due_users().removed == 1
        said = "have been deleted permanently"
    else:
        said = "The time to restore Uma is over"
    with pytest.raises(Refused, match=said):
        restore(cast, cast.uma)
    restore(cast, cast.gail)
    assert violations() == []


def test_a_plan_that_no_longer_holds_is_not_done(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma, quantity=1)
    delete(cast, cast.uma)
    expected = fingerprint(plan_restore([fresh(cast.uma)], customer=cast.contoso))
    assign(teams, cast.gail)
    with pytest.raises(PlanChanged, match="Something has changed"):
        restore(cast, cast.uma, expected=expected)
    assert fresh(cast.uma).deleted_at
