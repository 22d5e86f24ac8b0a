"""What accounts bring up when they are ready: roles as groups, codes of refusals, actions."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from accounts.actions.listed import ACTIONS
from accounts.actions.registry import find
from accounts.apps import LINKS, TRIGGERS, ensure_role_groups
from accounts.refusals import REFUSALS
from customers.refusals import declared
from customers.roles import Role


def test_each_role_is_a_group_after_every_migrate(db: None) -> None:
    Group.objects.all().delete()
    config = apps.get_app_config("accounts")
    for _time in range(2):
        ensure_role_groups(config, "default")
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


def test_a_group_that_is_there_stays_the_same_row(db: None) -> None:
    before = dict(Group.objects.values_list("name", "pk"))
    Group.objects.create(name="Second line")
    call_command("migrate", "accounts", verbosity=0)
    after = dict(Group.objects.values_list("name", "pk"))
    assert {name: after[name] for name in before} == before
    assert "Second line" in after


def test_codes_of_refusals_are_known_with_their_status() -> None:
    known = declared()
    for status, meanings in REFUSALS.items():
        for code, meaning in meanings.items():
            assert known[code] == (status, meaning)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_action_is_found_by_its_name(action: object) -> None:
    assert find(action.name) is action  # type: ignore[attr-defined]


def test_each_table_that_belongs_to_a_user_stamps_it() -> None:
    assert set(LINKS) <= set(connection.introspection.django_table_names())
    assert {f"{table}_{name}_stamp" for table in LINKS for name in ("insert", "delete")} <= set(
        TRIGGERS
    )
