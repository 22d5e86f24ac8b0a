"""Filters of the admin's list of users: each kind and state of sign-in, and no other."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from tests.accounts.undoing import block
from tests.accounts.verbs import delete
from tests.factories import UserFactory
from tests.support.admin import address
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def listed(client: Client, **query: str) -> set[str]:
    response = client.get(address(User, "changelist"), query)
    return {user.display_name for user in response.context["cl"].result_list}


@pytest.mark.parametrize(
    "kind, names",
    [
        ("user", {"Gail", "Uma"}),
        ("staff", {"Alice", "Bob", "Sally", "Charlie"}),
        ("support", {"Support"}),
    ],
)
def test_every_user_is_of_one_kind(support: Client, kind: str, names: set[str]) -> None:
    assert listed(support, kind=kind) == names


def test_a_kind_that_there_is_not_filters_nothing(support: Client) -> None:
    assert listed(support, kind="robot") == listed(support)
    assert listed(support, sign_in="robot") == listed(support)


@pytest.fixture
def states(cast: Cast, settings: Settings) -> None:
    """Gail is blocked, Uma deleted; Nora must change a password, that of Otto has expired."""
    block(cast, cast.gail)
    delete(cast, cast.uma)
    days = timedelta(days=settings.TEMPORARY_PASSWORD_DAYS)
    for name, age in (("Nora", timedelta()), ("Otto", days)):
        user = UserFactory.create(customer=cast.contoso, display_name=name, temporary=True)
        made = timezone.now() - age
        User.objects.filter(pk=user.pk).update(temporary_password_set_at=made)


@pytest.mark.parametrize(
    "state, names",
    [
        ("blocked", {"Gail"}),
        ("deleted", {"Uma"}),
        ("temporary", {"Nora", "Otto"}),
        ("expired", {"Otto"}),
    ],
)
def test_states_of_signing_in(support: Client, states: None, state: str, names: set[str]) -> None:
    assert listed(support, sign_in=state) == names


def test_allowed_is_a_user_who_signs_in_with_a_password_of_their_own(
    support: Client, states: None
) -> None:
    assert listed(support, sign_in="allowed", kind="user") == set()
    assert "Alice" in listed(support, sign_in="allowed")


def test_filters_go_together(support: Client, states: None) -> None:
    assert listed(support, kind="staff", sign_in="blocked") == set()
    assert listed(support, kind="user", sign_in="temporary") == {"Nora", "Otto"}


def test_groups_are_called_as_the_viewer_calls_them_in_that_order(support: Client) -> None:
    Group.objects.create(name="Aushilfen")
    page = support.get(address(User, "changelist"), headers={"Accept-Language": "de"})
    [groups] = [spec for spec in page.context["cl"].filter_specs if spec.title == "Gruppen"]
    names = [choice["display"] for choice in groups.choices(page.context["cl"])]
    assert names[:4] == ["Alle", "Abrechnungsadministrator", "Administrator-Agent", "Aushilfen"]
    assert "Account admin" not in names
