"""Groups of support staff: made, changed and removed; the portal's roles stay as they are."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from customers.roles import Role
from tests.factories import SupportFactory
from tests.support.admin import act, address, errors, told
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.fixture
def may_see_users(db: None) -> Permission:
    return Permission.objects.get(codename="view_user")


def test_a_group_is_made_with_what_it_may(support: Client, may_see_users: Permission) -> None:
    sent = {"name": "Second line", "permissions": [may_see_users.pk]}
    support.post(address(Group, "add"), sent)
    group = Group.objects.get(name="Second line")
    assert list(group.permissions.all()) == [may_see_users]
    support.post(address(Group, "change", group.pk), {"name": "Third line", "permissions": []})
    group.refresh_from_db()
    assert (group.name, group.permissions.count()) == ("Third line", 0)


def test_a_name_is_there_once_and_needed(support: Client) -> None:
    support.post(address(Group, "add"), {"name": "Second line"})
    for name in ("Second line", ""):
        page = support.post(address(Group, "add"), {"name": name})
        assert list(errors(page)) == ["name"]
    assert Group.objects.filter(name="Second line").count() == 1


@pytest.mark.parametrize("role", [Role.ACCOUNT_ADMIN, Role.GLOBAL_ADMIN])
def test_a_role_of_the_portal_is_shown_and_stays(support: Client, role: Role) -> None:
    group = Group.objects.get(name=role.value)
    url = address(Group, "change", group.pk)
    assert support.get(url).status_code == 200
    assert support.post(url, {"name": "Mine"}).status_code == 403
    assert support.post(address(Group, "delete", group.pk), {"post": "yes"}).status_code == 403
    response = act(support, "delete_selected", group, confirmed="yes")
    assert "These can't be deleted here" in told(response)[0]
    assert Group.objects.filter(pk=group.pk, name=role.value).exists()


def test_a_group_goes_when_nobody_is_in_it(support: Client) -> None:
    group = Group.objects.create(name="Second line")
    member = SupportFactory.create()
    member.groups.add(group)
    refused = act(support, "delete_selected", group, confirmed="yes")
    assert told(refused)
    assert Group.objects.filter(pk=group.pk).exists()
    member.groups.clear()
    act(support, "delete_selected", group, confirmed="yes")
    assert not Group.objects.filter(pk=group.pk).exists()


def test_support_staff_without_the_right_change_no_group(client: Client, cast: Cast) -> None:
    helper = SupportFactory.create(is_superuser=False)
    client.force_login(User.objects.get(pk=helper.pk))
    assert client.post(address(Group, "add"), {"name": "Mine"}).status_code == 403
    assert not Group.objects.filter(name="Mine").exists()


def test_permissions_are_listed_without_a_query_each(support: Client) -> None:
    group = Group.objects.create(name="Second line")
    page = support.get(address(Group, "change", group.pk))
    queryset = page.context["adminform"].form.fields["permissions"].queryset
    assert queryset.query.select_related == {"content_type": {}}


def test_a_role_is_called_as_the_viewer_calls_it(support: Client) -> None:
    german = {"Accept-Language": "de"}
    assert (
        "Kontoadministrator</a>"
        in support.get(address(Group, "changelist"), headers=german).content.decode()
    )
    role = Group.objects.get(name=Role.ACCOUNT_ADMIN)
    page = support.get(address(Group, "change", role.pk), headers=german).content.decode()
    assert "<h2>Kontoadministrator</h2>" in page
    # What a role may do is no permission of Django's: an empty list would say that it is nothing.
    assert "Berechtigungen" not in page
