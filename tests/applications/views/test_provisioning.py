"""The page Provisioning of an application."""

import pytest
from django.test import Client
from django.utils import timezone

from applications.models import Application, Leaving, Provision, Provisioning, ProvisionState
from tests.factories import ApplicationFactory, ProvisionFactory, ProvisioningFactory
from tests.support.cast import Cast

ADDRESS = "https://chat.example/scim/v2"


@pytest.fixture
def application(cast: Cast, client: Client) -> Application:
    client.force_login(cast.alice)
    return ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])


def url(application: Application, what: str = "") -> str:
    return f"/applications/{application.pk}/provisioning/{what}"


def text(page: object) -> str:
    return getattr(page, "content", b"").decode()


def test_it_is_set_up_and_the_token_is_on_no_page(
    cast: Cast, client: Client, application: Application
) -> None:
    typed = {"address": ADDRESS, "token": "very-secret", "leaving": "delete"}
    page = client.post(url(application), typed, follow=True)
    assert page.status_code == 200
    assert "very-secret" not in text(page)
    assert ADDRESS in text(page)
    assert Provisioning.objects.get().leaving == Leaving.DELETE


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"address": "http://chat.example/", "token": "x", "leaving": "delete"}, "address"),
        ({"address": "https://10.0.0.1/", "token": "x", "leaving": "delete"}, "address"),
        ({"address": ADDRESS, "token": "", "leaving": "delete"}, "token"),
        ({"address": ADDRESS, "token": "x", "leaving": "other"}, "leaving"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    client: Client, application: Application, typed: dict[str, str], field: str
) -> None:
    page = client.post(url(application), typed)
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {field}
    assert not Provisioning.objects.exists()


def test_it_is_started_and_stopped(cast: Cast, client: Client, application: Application) -> None:
    ProvisioningFactory.create(application=application, is_on=False)
    page = client.post(url(application, "switch/"), {"on": "1"}, follow=True)
    assert "Provisioning has started." in text(page)
    assert Provision.objects.count() == 2
    asked = client.post(url(application, "switch/"), {"on": "0"})
    assert "Stop provisioning" in text(asked)
    assert Provisioning.objects.get().is_on
    client.post(url(application, "switch/"), asked.context["hidden"])
    assert not Provisioning.objects.get().is_on


def test_what_failed_is_shown_with_the_reason_and_tried_again(
    cast: Cast, client: Client, application: Application
) -> None:
    ProvisioningFactory.create(
        application=application, problem="There was no answer in time.", rests_until=timezone.now()
    )
    ProvisionFactory.create(
        application=application, user=cast.uma, state=ProvisionState.FAILED, reason="Taken there."
    )
    row = ProvisionFactory.create(
        application=application, user=cast.gail, state=ProvisionState.FAILED, reason="Too long."
    )
    Provision.objects.filter(pk=row.pk).update(user_id=0)
    page = text(client.get(url(application)))
    for expected in (
        "There was no answer in time.",
        "uma@contoso.example",
        "Taken there.",
        "A permanently deleted user",
        "Too long.",
    ):
        assert expected in page
    page = text(client.post(url(application, "retry/"), follow=True))
    assert "2 accounts are tried again." in page
    assert set(Provision.objects.values_list("state", flat=True)) == {ProvisionState.WAITING}


def test_a_comparison_is_asked_for_and_shown(client: Client, application: Application) -> None:
    there = ProvisioningFactory.create(application=application)
    client.post(url(application, "compare/"))
    assert "A comparison is under way." in text(client.get(url(application)))
    there.refresh_from_db()
    there.compare_asked_at, there.compared_at = None, timezone.now()
    there.comparison = {
        "there": 12,
        "make": 1_500,
        "take_over": 3,
        "take": 0,
        "strangers": 1,
        "names": ["root@chat.example"],
    }
    there.save()
    page = text(client.get(url(application)))
    assert "1,500" in page
    assert "root@chat.example" in page


@pytest.mark.parametrize("what", ["switch/", "retry/", "compare/"])
def test_of_what_was_not_set_up_nothing_can_be_started(
    client: Client, application: Application, what: str
) -> None:
    assert client.post(url(application, what)).status_code == 404
    assert client.get(url(application, what)).status_code == 405


@pytest.mark.parametrize("what", ["", "switch/", "retry/", "compare/"])
def test_another_partners_is_a_404(
    cast: Cast, client: Client, application: Application, what: str
) -> None:
    ProvisioningFactory.create(application=application)
    client.force_login(cast.charlie)
    assert client.post(url(application, what)).status_code == 404
