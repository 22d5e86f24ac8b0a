"""To which addresses no password goes, because of whose mailbox they are."""

import pytest

from accounts.models import User
from accounts.services.mailboxes import kept_from
from accounts.services.users import reset_passwords
from tests.accounts.verbs import delete
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast

OWN = "the mailbox that the password opens"
WAITING = "a user who can't sign in yet"


@pytest.mark.parametrize(
    "address",
    ["uma@contoso.example", "UMA@Contoso.example", " uma@contoso.example", "uma+x@contoso.example"],
)
def test_no_password_goes_to_the_mailbox_that_it_opens(cast: Cast, address: str) -> None:
    assert OWN in kept_from(address, cast.contoso, cast.uma)
    assert kept_from(address, cast.contoso, cast.gail) == ""
    assert kept_from(address, cast.contoso) == ""


@pytest.mark.parametrize("address", ["uma@contoso.example", "Uma+mail@contoso.example"])
def test_none_goes_to_whom_it_would_wait_for(cast: Cast, address: str) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert WAITING in kept_from(address, cast.contoso, cast.gail)
    assert WAITING in kept_from(address, cast.contoso)
    # Of another customer of the same partner, too.
    assert WAITING in kept_from(address, cast.northwind)


def test_staff_who_have_not_signed_in_yet_wait_as_well(cast: Cast) -> None:
    new = StaffFactory.create(partner=cast.fabrikam, local_part="new")
    User.objects.filter(pk=new.pk).update(
        must_change_password=True, temporary_password_set_at=new.added_at
    )
    assert WAITING in kept_from("new@fabrikam.example", cast.contoso)


def test_of_another_partners_users_nothing_is_told(cast: Cast) -> None:
    other = UserFactory.create(customer=cast.adatum, local_part="ada")
    reset_passwords([other], customer=cast.adatum, actor=cast.charlie)
    assert kept_from(other.user_name, cast.contoso) == ""


def test_whoever_is_deleted_has_no_mailbox(cast: Cast) -> None:
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice)
    delete(cast, cast.uma)
    assert kept_from("uma@contoso.example", cast.contoso) == ""


@pytest.mark.parametrize("address", ["ann@mail.example", "", "no address"])
def test_any_other_address_is_right(cast: Cast, address: str) -> None:
    assert kept_from(address, cast.contoso, cast.uma) == ""
