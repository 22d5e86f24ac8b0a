"""Groups of support staff: by superusers alone, and never a role of the portal."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.services.staff import change_group, remove_group
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent
from customers.roles import Role
from tests.factories import SupportFactory
from tests.support.cast import Cast


def permissions(*codes: str) -> list[Permission]:
    return list(Permission.objects.filter(codename__in=codes))


def add(cast: Cast, name: str = "Readers", *codes: str) -> Group:
    return change_group(Group(), name=name, permissions=permissions(*codes), actor=cast.support)


def changes() -> list[dict[str, object]]:
    events = AuditEvent.objects.filter(action=Action.STAFF_CHANGED).order_by("pk")
    return [event.changes for event in events]


def test_a_group_is_added_and_changed_and_the_log_has_both_sides(cast: Cast) -> None:
    group = add(cast, "Readers", "view_user")
    change_group(group, name="Desk", permissions=permissions("view_customer"), actor=cast.support)
    group.refresh_from_db()
    assert group.name == "Desk"
    assert [one.codename for one in group.permissions.all()] == ["view_customer"]
    assert changes() == [
        {"name": ["", "Readers"], "permissions": [[], ["view_user"]]},
        {"name": ["Readers", "Desk"], "permissions": [["view_user"], ["view_customer"]]},
    ]


def test_a_name_is_taken_once(cast: Cast) -> None:
    add(cast)
    with pytest.raises(Refused) as caught:
        add(cast)
    assert (caught.value.code, caught.value.field) == ("group-name-taken", "name")
    assert Group.objects.filter(name="Readers").count() == 1


@pytest.mark.parametrize("role", [Role.ACCOUNT_ADMIN, Role.GLOBAL_ADMIN])
def test_a_role_of_the_portal_is_neither_changed_nor_taken_nor_removed(
    cast: Cast, role: Role
) -> None:
    fixed = Group.objects.get(name=role)
    for attempt in (
        lambda: change_group(fixed, name="Other", permissions=[], actor=cast.support),
        lambda: add(cast, role.value),
        lambda: remove_group(fixed, actor=cast.support),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "role-fixed"
    assert Group.objects.filter(name=role).exists()


def test_an_empty_group_is_removed(cast: Cast) -> None:
    remove_group(add(cast), actor=cast.support)
    assert not Group.objects.filter(name="Readers").exists()
    assert changes()[-1] == {"name": ["Readers", ""]}


def test_a_group_with_a_user_in_it_stays(cast: Cast) -> None:
    group = add(cast)
    SupportFactory.create().groups.add(group)
    with pytest.raises(Refused) as caught:
        remove_group(group, actor=cast.support)
    assert caught.value.code == "group-in-use"


def test_a_user_who_is_no_superuser_changes_no_group(cast: Cast) -> None:
    group = add(cast)
    for actor in (cast.alice, SupportFactory.create(is_superuser=False)):
        for attempt in (
            lambda: change_group(group, name="Mine", permissions=[], actor=actor),  # noqa: B023
            lambda: remove_group(group, actor=actor),  # noqa: B023
        ):
            with pytest.raises(Refused) as caught:
                attempt()
            assert caught.value.code == "superusers-only"
    group.refresh_from_db()
    assert group.name == "Readers"


def test_a_group_as_it_is_is_no_event_and_one_that_is_gone_does_not_come_back(cast: Cast) -> None:
    group = add(cast, "Readers", "view_user")
    stale = Group.objects.get(pk=group.pk)
    same: dict[str, Any] = {"name": "Readers", "permissions": permissions("view_user")}
    change_group(group, **same, actor=cast.support)
    assert len(changes()) == 1
    remove_group(group, actor=cast.support)
    with pytest.raises(Refused) as caught:
        change_group(stale, **same, actor=cast.support)
    assert (caught.value.code, str(caught.value)) == ("group-gone", "Readers was removed.")
    assert not Group.objects.filter(name="Readers").exists()


def test_a_group_is_changed_only_from_what_was_seen(cast: Cast) -> None:
    group = add(cast, "Readers", "view_user")
    mine: dict[str, Any] = {"name": "Desk", "permissions": permissions("view_customer")}
    seen = {"name": "Readers", "permissions": permissions("view_user")}
    others = ({"name": "Desk"}, {"permissions": permissions("view_customer", "view_user")})
    for other in others:
        with pytest.raises(Refused) as caught:
            change_group(group, **mine, actor=cast.support, seen={**seen, **other})
        assert (caught.value.code, caught.value.field) == ("changed-meanwhile", *other)
    assert change_group(group, **mine, actor=cast.support, seen=seen).name == "Desk"
