"""Accounts in an application become what they should be, at a server that nobody here wrote."""

from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.services.users import allow_users, block_users, change_user, remove_users
from applications.models import (
    Application,
    Leaving,
    Provision,
    Provisioning,
    ProvisionState,
)
from applications.services.provisioning import converging
from applications.services.provisioning.converging import (
    LEASE,
    deliver_accounts,
    forget_accounts,
    requeue_accounts,
)
from applications.services.provisioning.wanting import reckon
from customers.actions import Action
from tests.accounts.verbs import delete, restore
from tests.applications.scim_server import ScimServer
from tests.support.cast import Cast

from .runs import GAIL, UMA, active, events, row_of, run, wake

WAITING, DONE = ProvisionState.WAITING, ProvisionState.DONE


def test_who_may_enter_gets_an_account_with_what_the_application_may_know(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    assert run(wiki) == 2
    accounts = scim.accounts()
    assert accounts.keys() == {UMA, GAIL}
    uma = accounts[UMA]
    assert (uma["externalId"], uma["displayName"], uma["active"]) == (
        str(cast.uma.uuid),
        "Uma",
        True,
    )
    assert uma["emails"] == [{"value": UMA, "type": "work", "primary": True}]
    row = row_of(wiki, cast.uma)
    assert (row.state, row.external_id) == (DONE, uma["id"])
    assert events(Action.PROVISIONED) == sorted([cast.gail.pk, cast.uma.pk])


def test_what_is_as_it_should_be_is_not_sent_again(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    scim.asked.clear()
    reckon(wiki)
    assert run(wiki) == 2
    assert scim.asked == []


def test_extra_facts_are_sent_only_where_the_application_has_chosen_them(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    User.objects.filter(pk=cast.uma.pk).update(
        job_title="Nurse", department="Ward 3", office_phone="+1 555"
    )
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    run(wiki)
    told = scim.accounts()[UMA]
    assert {"title", "phoneNumbers", enterprise} & told.keys() == set()
    Application.objects.filter(pk=wiki.pk).update(
        extra_claims=["job_title", "department", "phone_number"]
    )
    reckon(wiki)
    run(wiki)
    told = scim.accounts()[UMA]
    assert (told["title"], told[enterprise]) == ("Nurse", {"department": "Ward 3"})
    assert told["phoneNumbers"] == [{"value": "+1 555", "type": "work"}]
    User.objects.filter(pk=cast.uma.pk).update(job_title="", department="", office_phone="")
    reckon(wiki)
    run(wiki)
    told = scim.accounts()[UMA]
    assert not told.get("title")
    assert not told.get("phoneNumbers")
    assert not told.get(enterprise, {}).get("department")


def test_a_new_name_is_told_to_the_same_account(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    before = scim.accounts()[UMA]["id"]
    change_user(
        cast.uma,
        customer=cast.contoso,
        actor=cast.alice,
        fields={"display_name": "Uma Berg"},
        local_part="uma.berg",
        domain=cast.contoso.domains.get(),
    )
    run(wiki)
    accounts = scim.accounts()
    assert accounts.keys() == {"uma.berg@contoso.example", GAIL}
    told = accounts["uma.berg@contoso.example"]
    assert (told["id"], told["displayName"]) == (before, "Uma Berg")


def test_a_block_deactivates_and_its_end_activates(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    run(wiki)
    assert active(scim) == {UMA: False, GAIL: True}
    assert events(Action.DEPROVISIONED) == [cast.uma.pk]
    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    run(wiki)
    assert active(scim) == {UMA: True, GAIL: True}
    assert len(scim.accounts()) == 2


def test_an_application_may_have_accounts_deleted(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    Provisioning.objects.update(leaving=Leaving.DELETE)
    run(wiki)
    delete(cast, cast.uma)
    run(wiki)
    assert scim.accounts().keys() == {GAIL}
    restore(cast, cast.uma)
    run(wiki)
    assert scim.accounts().keys() == {GAIL, UMA}
    assert row_of(wiki, cast.uma).external_id == scim.accounts()[UMA]["id"]


def test_who_is_deleted_for_good_loses_the_account_nevertheless(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    pk = cast.uma.pk
    delete(cast, cast.uma)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert forget_accounts() == 0
    run(wiki)
    assert active(scim) == {UMA: False, GAIL: True}
    assert forget_accounts() == 1
    assert not Provision.objects.filter(user_id=pk).exists()


def test_an_account_that_was_there_before_is_taken_over(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    pk = scim.add(UMA.upper(), active=False)
    run(wiki)
    told = scim.accounts()[UMA]
    assert (told["id"], told["active"], told["externalId"]) == (pk, True, str(cast.uma.uuid))


def test_an_account_that_somebody_took_away_there_is_made_again(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    scim.remove(scim.accounts()[UMA]["id"])
    sales = {"display_name": "Uma B"}
    change_user(cast.uma, customer=cast.contoso, actor=cast.alice, fields=sales)
    run(wiki)
    assert scim.accounts()[UMA]["displayName"] == "Uma B"


def test_an_account_that_is_gone_there_already_is_no_failure(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    scim.remove(scim.accounts()[UMA]["id"])
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    run(wiki)
    assert row_of(wiki, cast.uma).state == DONE


@pytest.mark.parametrize("leaving", Leaving)
def test_an_account_of_a_stranger_is_never_taken_for_who_left(
    cast: Cast, scim: ScimServer, wiki: Application, leaving: Leaving
) -> None:
    """Whose account was never made here, and who has left, has none there to be taken."""
    Provisioning.objects.update(leaving=leaving)
    reckon(wiki)
    scim.add(UMA, active=True)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    run(wiki)
    assert active(scim)[UMA] is True


def test_an_answer_that_is_lost_makes_nobody_twice(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    """As when a worker dies after an account was made, and before it was written down."""
    made: list[str] = []

    def lose_the_first(asked: str) -> None:
        if asked.startswith("POST"):
            made.append(asked)
            if len(made) == 1:
                raise ConnectionResetError

    scim.after = lose_the_first
    assert run(wiki) == 0
    assert len(scim.accounts()) == 1
    assert not Provision.objects.exclude(external_id="").exists()
    wake(wiki)
    assert run(wiki) == 2
    assert len(made) == 2
    assert scim.accounts().keys() == {UMA, GAIL}


def test_the_lease_of_a_worker_that_died_ends(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    reckon(wiki)
    assert converging.claim(wiki.pk) is not None
    assert (deliver_accounts(wiki.pk), requeue_accounts()) == (0, 0)
    Provisioning.objects.update(claimed_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert requeue_accounts() == 1
    assert deliver_accounts(wiki.pk) == 2


def test_who_left_before_a_dead_worker_could_write_down_the_id_loses_the_account(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    run(wiki)
    Provision.objects.update(external_id="", sent="", state=WAITING)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    run(wiki)
    assert active(scim) == {UMA: False, GAIL: True}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_change_while_a_worker_is_at_it_is_not_lost(
    cast: Cast, scim: ScimServer, wiki: Application
) -> None:
    reckon(wiki)
    changed: list[str] = []

    def change_meanwhile(asked: str) -> None:
        """In the server's thread, with a connection of its own, as any other writer."""
        if asked.startswith("POST") and not changed:
            changed.append(asked)
            User.objects.update(display_name="Somebody else")
            reckon(wiki)
            connections.close_all()

    scim.after = change_meanwhile
    assert deliver_accounts(wiki.pk) == 4
    assert {one["displayName"] for one in scim.accounts().values()} == {"Somebody else"}
    assert set(Provision.objects.values_list("state", "changed")) == {(DONE, 2)}
