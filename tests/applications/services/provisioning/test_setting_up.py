"""Provisioning is set up, started and stopped by the partner's account admins."""

from functools import partial

import pytest

from applications.models import Application, Leaving, Provision, Provisioning, ProvisionState
from applications.services.applications import remove_application
from applications.services.provisioning.setting_up import (
    Connection,
    ask_comparison,
    set_up,
    switch_provisioning,
    try_again,
)
from applications.services.provisioning.tokens import unseal_token
from customers.errors import Refused
from customers.models import AuditEvent
from tests.factories import ApplicationFactory, ProvisionFactory
from tests.support.cast import Cast
from tests.support.threads import together

ADDRESS = "https://chat.example/scim/v2"


@pytest.fixture
def application(cast: Cast) -> Application:
    return ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])


def opened(provisioning: Provisioning) -> str:
    return unseal_token(provisioning.sealed_token)


def last_changes() -> dict[str, object]:
    changes: dict[str, object] = AuditEvent.objects.latest("pk").changes
    return changes


def test_a_token_is_sealed_and_in_no_log(cast: Cast, application: Application) -> None:
    there = set_up(application, Connection(ADDRESS, "very-secret"), actor=cast.alice)
    assert "very-secret" not in there.sealed_token
    assert opened(there) == "very-secret"
    assert last_changes() == {"scim_address": ["", ADDRESS], "leaving": ["", "deactivate"]}
    assert "very-secret" not in repr(Connection(ADDRESS, "very-secret"))
    assert (there.host, there.is_on) == ("chat.example:443", False)


def test_without_a_token_the_one_that_is_there_stays(cast: Cast, application: Application) -> None:
    set_up(application, Connection(ADDRESS, "one"), actor=cast.alice)
    there = set_up(application, Connection(ADDRESS, leaving=Leaving.DELETE), actor=cast.alice)
    assert opened(there) == "one"
    assert last_changes() == {"leaving": ["deactivate", "delete"]}
    there = set_up(application, Connection(ADDRESS, "two", Leaving.DELETE), actor=cast.alice)
    assert opened(there) == "two"
    assert last_changes() == {"token": ["", "renewed"]}


def test_a_token_is_not_carried_to_another_host(cast: Cast, application: Application) -> None:
    set_up(application, Connection(ADDRESS, "one"), actor=cast.alice)
    elsewhere = ADDRESS.replace("chat.example", "files.example")
    with pytest.raises(Refused) as raised:
        set_up(application, Connection(elsewhere), actor=cast.alice)
    assert raised.value.code == "token-missing"
    there = set_up(application, Connection(f"{ADDRESS}/tenant"), actor=cast.alice)
    assert opened(there) == "one"


@pytest.mark.parametrize(
    ("connection", "code"),
    [
        (Connection("http://chat.example/scim", "x"), "address-not-encrypted"),
        (Connection("https://127.0.0.1/scim", "x"), "address-not-public"),
        (Connection("https://a:b@chat.example/", "x"), "address-unreadable"),
        (Connection(ADDRESS), "token-missing"),
        (Connection(ADDRESS, "x", "explode"), "choice-wrong"),
    ],
)
def test_what_can_not_be_is_refused_at_its_field(
    cast: Cast, application: Application, connection: Connection, code: str
) -> None:
    with pytest.raises(Refused) as raised:
        set_up(application, connection, actor=cast.alice)
    assert raised.value.code == code
    assert raised.value.field in {"address", "token", "leaving"}
    assert not Provisioning.objects.exists()


def test_at_another_address_all_accounts_are_looked_for_again(
    cast: Cast, application: Application
) -> None:
    set_up(application, Connection(ADDRESS, "x"), actor=cast.alice)
    ProvisionFactory.create(
        application=application, user=cast.uma, external_id="7", sent="hash", state="done"
    )
    set_up(application, Connection(ADDRESS, "y"), actor=cast.alice)
    assert Provision.objects.get().external_id == "7"
    set_up(application, Connection("https://other.example/scim", "z"), actor=cast.alice)
    row = Provision.objects.get()
    assert (row.external_id, row.sent, row.state) == ("", "", ProvisionState.WAITING)


def test_a_start_writes_down_who_should_have_an_account(
    cast: Cast, application: Application
) -> None:
    set_up(application, Connection(ADDRESS, "x"), actor=cast.alice)
    assert switch_provisioning(application, on=True, actor=cast.alice)
    assert not switch_provisioning(application, on=True, actor=cast.alice)
    assert set(Provision.objects.values_list("user_id", flat=True)) == {cast.gail.pk, cast.uma.pk}
    assert last_changes() == {"provisioning": [False, True]}
    assert switch_provisioning(application, on=False, actor=cast.alice)
    assert Provision.objects.count() == 2


def test_what_failed_is_tried_again_at_once(cast: Cast, application: Application) -> None:
    set_up(application, Connection(ADDRESS, "x"), actor=cast.alice)
    facts = {"application": application, "reason": "No.", "tries": 4}
    ProvisionFactory.create(user=cast.uma, state=ProvisionState.FAILED, **facts)
    ProvisionFactory.create(user=cast.gail, state=ProvisionState.DONE, **facts)
    assert try_again(application, actor=cast.alice) == 1
    row = Provision.objects.get(user_id=cast.uma.pk)
    assert (row.state, row.tries, row.reason) == (ProvisionState.WAITING, 0, "")


def test_a_comparison_is_asked_for(cast: Cast, application: Application) -> None:
    there = set_up(application, Connection(ADDRESS, "x"), actor=cast.alice)
    ask_comparison(application, actor=cast.alice)
    there.refresh_from_db()
    assert there.compare_asked_at is not None


def test_another_partners_application_is_not_to_be_provisioned(
    cast: Cast, application: Application
) -> None:
    with pytest.raises(Refused) as raised:
        set_up(application, Connection(ADDRESS, "x"), actor=cast.charlie)
    assert raised.value.code == "application-of-others"


def test_what_was_removed_meanwhile_is_not_set_up(cast: Cast, application: Application) -> None:
    remove_application(application, actor=cast.alice)
    for attempt in (
        lambda: set_up(application, Connection(ADDRESS, "x"), actor=cast.alice),
        lambda: switch_provisioning(application, on=True, actor=cast.alice),
        lambda: try_again(application, actor=cast.alice),
    ):
        with pytest.raises(Refused) as raised:
            attempt()
        assert raised.value.code == "application-gone"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_first_saves_at_once_the_second_changes_what_the_first_wrote(
    cast: Cast, application: Application
) -> None:
    for number in range(5):
        Provisioning.objects.all().delete()
        one, two = (Connection(f"{ADDRESS}/{number}/{name}", name) for name in ("one", "two"))
        together(
            partial(set_up, application, one, actor=cast.alice),
            partial(set_up, application, two, actor=cast.alice),
        )
        there = Provisioning.objects.get()
        last = two if there.address == two.address else one
        first = one if last is two else two
        assert last_changes()["scim_address"] == [first.address, last.address]
        assert (there.address, opened(there)) == (last.address, last.token)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_started_and_removed_at_once_it_is_gone_in_the_end(
    cast: Cast, application: Application
) -> None:
    for _round in range(5):
        application = ApplicationFactory.create(partner=cast.fabrikam, only=[cast.contoso])
        set_up(application, Connection(ADDRESS, "x"), actor=cast.alice)
        started, removed = together(
            partial(switch_provisioning, application, on=True, actor=cast.alice),
            partial(remove_application, application, actor=cast.alice),
        )
        assert removed is None
        assert started is True or started.code == "application-gone"
        assert not Provision.objects.exists()
