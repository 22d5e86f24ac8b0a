"""When someone was last changed: the databases keep it, whatever writes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from accounts.invariants import violations
from accounts.last_change import with_last_change
from accounts.models import User
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.searching import renew_names
from accounts.services.staff import block_staff, limit_staff
from accounts.services.users import block_users, change_user, change_users, reset_passwords
from accounts.services.users.me import record_sign_in, set_preferences
from accounts.sorting import sort_key
from customers.models import Customer
from customers.roles import Role
from customers.services import bulk
from licensing.services.subscriptions import cancel_subscription
from tests.accounts.verbs import delete, restore, subscribe
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

HAVE, OFF = LicenseChange(have=True), LicenseChange(have=True, switch_off=frozenset({"CHAT"}))


def moments() -> dict[int, datetime]:
    """Of everyone; and the next change is a later one on any clock."""
    return dict(with_last_change(User.objects.get_queryset()).values_list("pk", "last_change"))


def touched(act: Callable[[], Any]) -> set[int]:
    """Whose moment it moves, and never to an earlier one."""
    before = moments()
    act()
    after = moments()
    assert all(after[pk] >= at for pk, at in before.items())
    return {pk for pk, at in after.items() if at != before.get(pk)}


@pytest.fixture
def settled(cast: Cast) -> Cast:
    """As if everyone had been added by a transaction before."""
    User.objects.update(office="")
    return cast


VERBS: dict[str, Callable[[Cast], Any]] = {
    "block": lambda c: block_users([c.uma], customer=c.contoso, actor=c.alice),
    "delete": lambda c: delete(c, c.uma),
    "reset": lambda c: reset_passwords([c.uma], customer=c.contoso, actor=c.alice),
    "details": lambda c: change_user(
        c.uma, customer=c.contoso, actor=c.alice, fields={"department": "Sales"}
    ),
    "many": lambda c: change_users(
        [c.uma], customer=c.contoso, actor=c.alice, fields={"department": "Sales"}
    ),
    "roles": lambda c: change_user(
        c.uma, customer=c.contoso, actor=c.alice, fields={}, roles=(Role.LICENSE_ADMIN,)
    ),
    "own": lambda c: set_preferences(c.uma, time_zone="Europe/Berlin", language="de"),
    "save": lambda c: User.objects.get(pk=c.uma.pk).save(),
    "update": lambda c: User.objects.filter(pk=c.uma.pk).update(city="Ulm"),
    "bulk": lambda c: bulk.update([c.uma], ["city"]),
    "sql": lambda c: connection.cursor().execute(
        "UPDATE accounts_user SET city = 'Ulm' WHERE id = %s", [c.uma.pk]
    ),
    "group": lambda c: c.uma.groups.add(Group.objects.get(name=Role.USER_ADMIN.value)),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_change_moves_the_moment_of_whom_it_changes(settled: Cast, verb: str) -> None:
    assert touched(lambda: VERBS[verb](settled)) == {settled.uma.pk}


def test_a_save_of_what_was_read_before_moves_it_on(settled: Cast) -> None:
    stale = User.objects.get(pk=settled.uma.pk)
    User.objects.filter(pk=settled.uma.pk).update(city="Ulm")
    assert touched(stale.save) == {settled.uma.pk}


def test_a_restore_moves_it_too(settled: Cast) -> None:
    delete(settled, settled.uma)
    assert touched(lambda: restore(settled, settled.uma)) == {settled.uma.pk}


def test_of_staff_as_well(settled: Cast) -> None:
    assert touched(lambda: block_staff([settled.bob], actor=settled.alice)) == {settled.bob.pk}
    opened = [settled.contoso]
    found = touched(
        lambda: limit_staff(settled.sally, limited=True, actor=settled.alice, opened=opened)
    )
    assert found == {settled.sally.pk}


def test_a_role_that_is_taken_away_moves_it(settled: Cast) -> None:
    assert touched(settled.gail.groups.clear) == {settled.gail.pk}


def test_signing_in_is_no_change(settled: Cast) -> None:
    def sign_in() -> None:
        record_sign_in(settled.uma)
        User.objects.filter(pk=settled.uma.pk).update(last_login="2026-11-01T10:00:00Z")

    assert touched(sign_in) == set()


def test_what_follows_from_the_names_is_no_change_when_it_is_made_anew(settled: Cast) -> None:
    stale = {"sort_name": "as before", "search_text": "as before"}
    users = User.objects.exclude(customer=None)
    assert touched(lambda: users.update(**stale)) == set()
    assert touched(renew_names) == set()
    assert violations() == []
    users.update(**stale)
    one = User.objects.get(pk=settled.uma.pk)
    one.fill_derived()
    one.city = "Ulm"
    written = ["city", "sort_name", "search_text"]
    assert touched(lambda: one.save(update_fields=written)) == {settled.uma.pk}


def test_a_customer_that_moves_has_no_changed_users(settled: Cast) -> None:
    Customer.objects.filter(pk=settled.contoso.pk).update(country="SE")
    settled.uma.display_name = "Åsa"
    settled.uma.fill_derived()
    settled.uma.save()
    assert touched(renew_names) == set()
    assert User.objects.get(pk=settled.uma.pk).sort_name == sort_key("Åsa", "SE")


def test_licenses_move_it_and_write_no_row_of_a_user(settled: Cast) -> None:
    teams = subscribe(settled, "Teams")
    own = dict(User.objects.values_list("pk", "updated_at"))

    def to(change: LicenseChange) -> Callable[[], Any]:
        return lambda: change_licenses(
            [settled.uma], {teams.pk: change}, customer=settled.contoso, actor=settled.alice
        )

    assert touched(to(HAVE)) == {settled.uma.pk}
    assert touched(to(OFF)) == {settled.uma.pk}
    assert touched(lambda: cancel_subscription(teams, actor=settled.alice)) == {settled.uma.pk}
    assert dict(User.objects.values_list("pk", "updated_at")) == own


def test_two_changes_in_one_moment_have_two_moments(settled: Cast) -> None:
    seen = set()
    for city in ("Ulm", "Bonn", "Kiel", "Jena"):
        User.objects.filter(pk=settled.uma.pk).update(city=city)
        seen.add(User.objects.get(pk=settled.uma.pk).updated_at)
    assert len(seen) == 4


@pytest.mark.postgres
def test_whom_a_transaction_adds_it_does_not_write_twice(cast: Cast) -> None:
    """The cast is made and given its roles in the transaction of this test."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_user WHERE updated_at = now()")
        assert cursor.fetchone() == (User.objects.count(),)
