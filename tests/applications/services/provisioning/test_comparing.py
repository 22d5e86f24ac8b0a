"""What a comparison finds, and what it has mended."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from applications.models import Application, Provision, Provisioning, ProvisionState
from applications.services.provisioning.comparing import compare, compare_all
from applications.services.provisioning.converging import deliver_accounts
from applications.services.provisioning.wanting import reckon
from tests.applications.scim_server import ScimServer
from tests.factories import ApplicationFactory, ProvisioningFactory, UserFactory
from tests.support.cast import Cast

UMA, GAIL = "uma@contoso.example", "gail@contoso.example"


@pytest.fixture
def chat(cast: Cast, scim: ScimServer) -> Application:
    application = ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])
    ProvisioningFactory.create(application=application, address=scim.address, is_on=False)
    return application


def found(application: Application) -> dict[str, Any]:
    comparison: dict[str, Any] = Provisioning.objects.get(application=application).comparison
    return comparison


def start(application: Application) -> None:
    Provisioning.objects.update(is_on=True)
    reckon(application)
    deliver_accounts(application.pk)


def test_before_the_first_run_it_says_what_would_be_changed_and_changes_nothing(
    cast: Cast, scim: ScimServer, chat: Application
) -> None:
    scim.add(UMA.upper(), active=True)
    scim.add("root@chat.example", active=True)
    scim.add("gone@chat.example", active=False)
    assert compare(chat.pk)
    assert found(chat) == {
        "there": 3,
        "make": 1,
        "take_over": 1,
        "take": 0,
        "strangers": 1,
        "names": ["root@chat.example"],
    }
    assert {asked.partition(" ")[0] for asked in scim.asked} == {"GET"}
    assert not Provision.objects.exists()


def test_after_it_nothing_is_left_to_do(cast: Cast, scim: ScimServer, chat: Application) -> None:
    start(chat)
    assert compare(chat.pk)
    assert found(chat) == {
        "there": 2,
        "make": 0,
        "take_over": 0,
        "take": 0,
        "strangers": 0,
        "names": [],
    }
    assert set(Provision.objects.values_list("state", flat=True)) == {ProvisionState.DONE}


def test_what_somebody_changed_there_is_mended(
    cast: Cast, scim: ScimServer, chat: Application
) -> None:
    start(chat)
    accounts = scim.accounts()
    scim.change(accounts[UMA]["id"], active=False)
    scim.remove(accounts[GAIL]["id"])
    assert compare(chat.pk)
    assert deliver_accounts(chat.pk) == 2
    assert {name: one["active"] for name, one in scim.accounts().items()} == {
        UMA: True,
        GAIL: True,
    }


def test_who_should_not_be_there_and_is_active_again_is_deactivated(
    cast: Cast, scim: ScimServer, chat: Application
) -> None:
    start(chat)
    Application.objects.filter(pk=chat.pk).update(all_customers=False)
    chat.chosen_customers.all().delete()
    reckon(chat)
    deliver_accounts(chat.pk)
    scim.change(scim.accounts()[UMA]["id"], active=True)
    assert compare(chat.pk)
    assert found(chat)["take"] == 1
    deliver_accounts(chat.pk)
    assert scim.accounts()[UMA]["active"] is False


def test_a_stranger_is_listed_and_left_alone(
    cast: Cast, scim: ScimServer, chat: Application
) -> None:
    start(chat)
    scim.add("root@chat.example", active=True)
    assert compare(chat.pk)
    assert found(chat)["names"] == ["root@chat.example"]
    deliver_accounts(chat.pk)
    assert scim.accounts()["root@chat.example"]["active"] is True


def test_all_pages_are_read(cast: Cast, scim: ScimServer, chat: Application) -> None:
    UserFactory.create_batch(150, customer=cast.contoso)
    start(chat)
    scim.asked.clear()
    assert compare(chat.pk)
    assert found(chat)["there"] == 152
    assert len(scim.asked) == 3


def test_an_application_that_does_not_answer_is_told_of_in_words(
    cast: Cast, scim: ScimServer, chat: Application
) -> None:
    scim.before = lambda _asked: ("500 Internal Server Error", [])
    assert not compare(chat.pk)
    assert found(chat)["problem"] == "The application answered with status 500."


def test_each_night_those_are_compared_that_were_not_compared_that_day(
    cast: Cast, chat: Application
) -> None:
    assert compare_all() == 0, "it was not started"
    Provisioning.objects.update(is_on=True)
    assert compare_all() == 1
    Provisioning.objects.update(compared_at=timezone.now())
    assert compare_all() == 0
    Provisioning.objects.update(compared_at=timezone.now() - timedelta(hours=23))
    assert compare_all() == 1
