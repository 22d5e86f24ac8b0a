"""Credential sheets: what is to be handed over, encrypted until it is gone."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.utils import timezone
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import CredentialSheet, SheetKind
from accounts.services.credentials import (
    Slip,
    Spent,
    destroy_expired_sheets,
    destroy_sheet,
    read_sheet,
)
from accounts.services.expiry import temporary_password_expired
from accounts.services.users import (
    NewUser,
    add_users,
    change_user,
    choose_password,
    remove_users,
    reset_passwords,
)
from accounts.tasks import destroy_expired_sheets as destroy_task
from customers.actions import Action
from customers.errors import Refused
from tests.accounts.sheets import slips, stored
from tests.accounts.verbs import delete, fresh, restore
from tests.support.cast import Cast
from tests.support.log import Line, log

FACTS = {"people": 1}
SHEET = "Passwords reset (1)"


@pytest.fixture
def sheet(cast: Cast) -> CredentialSheet:
    return reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet


def read(sheet: CredentialSheet, cast: Cast, action: Action = Action.SHEET_SHOWN) -> list[Slip]:
    return read_sheet(sheet, actor=cast.alice, action=action)


def test_a_sheet_holds_its_users_for_a_day(cast: Cast, sheet: CredentialSheet) -> None:
    assert (sheet.customer, sheet.by, sheet.kind) == (cast.contoso, cast.alice, SheetKind.RESET)
    assert sheet.expires_at - sheet.created_at == timedelta(hours=24)
    assert sheet.users == 1
    slip = read(sheet, cast)[0]
    assert (slip.user_id, slip.display_name) == (cast.uma.pk, "Uma")
    assert slip.user_name == "uma@contoso.example"


def test_what_is_stored_tells_neither_names_nor_passwords(
    cast: Cast, sheet: CredentialSheet
) -> None:
    slip = read(sheet, cast)[0]
    [part] = stored(sheet)
    for secret in (slip.password, slip.password.replace("-", ""), "Uma", "contoso"):
        assert secret not in part
    assert slip.password not in repr(slip)


@pytest.mark.parametrize(
    "action", [Action.SHEET_SHOWN, Action.SHEET_PRINTED, Action.SHEET_DOWNLOADED]
)
def test_a_user_who_reads_it_is_in_the_log(
    cast: Cast, sheet: CredentialSheet, action: Action
) -> None:
    read(sheet, cast, action)
    assert log()[-1] == Line(action.value, SHEET, FACTS)


def test_done_destroys_it_for_good(cast: Cast, sheet: CredentialSheet) -> None:
    assert destroy_sheet(sheet, actor=cast.alice)
    assert stored(sheet) == []
    assert CredentialSheet.objects.get(pk=sheet.pk).destroyed_at
    assert log()[-1] == Line("sheet.destroyed", SHEET, FACTS)
    with pytest.raises(
        Refused, match=r"These passwords were deleted.*Reset the passwords of users"
    ):
        read(sheet, cast)
    assert not destroy_sheet(sheet, actor=cast.alice)
    assert [line.action for line in log()].count("sheet.destroyed") == 1
    assert violations() == []


def test_after_its_hours_it_can_not_be_read_even_if_nobody_emptied_it(
    cast: Cast, sheet: CredentialSheet
) -> None:
    CredentialSheet.objects.update(expires_at=timezone.now())
    with pytest.raises(Refused, match="a day has passed"):
        read(sheet, cast)


def test_expired_ones_are_emptied_and_the_others_stay(cast: Cast, sheet: CredentialSheet) -> None:
    CredentialSheet.objects.update(expires_at=timezone.now())
    other = reset_passwords([cast.gail], customer=cast.contoso, actor=cast.alice).sheet
    assert destroy_expired_sheets() == 1
    assert destroy_task() == 0
    assert stored(sheet) == []
    assert slips(other)[0].user_id == cast.gail.pk
    assert log()[-1] == Line("sheet.destroyed", SHEET, FACTS, actor="")
    assert violations() == []


def test_a_new_key_in_front_still_reads_what_the_old_one_wrote(
    cast: Cast, sheet: CredentialSheet, settings: Settings
) -> None:
    new = Fernet.generate_key().decode()
    settings.CREDENTIALS_KEYS = [new, *settings.CREDENTIALS_KEYS]
    assert read(sheet, cast)[0].user_id == cast.uma.pk
    later = reset_passwords([cast.gail], customer=cast.contoso, actor=cast.alice).sheet
    settings.CREDENTIALS_KEYS = [new]
    assert read(later, cast)[0].user_id == cast.gail.pk


def test_a_sheet_without_its_key_says_what_to_do(
    cast: Cast, sheet: CredentialSheet, settings: Settings
) -> None:
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    before = log()
    with pytest.raises(Refused, match=r"its key is missing\. Reset these passwords"):
        read(sheet, cast)
    assert log() == before
    assert destroy_sheet(sheet, actor=cast.alice)


def test_a_tampered_sheet_is_not_read(cast: Cast, sheet: CredentialSheet) -> None:
    [part] = stored(sheet)
    middle = len(part) // 2
    letter = "A" if part[middle] != "A" else "B"
    sheet.parts.update(ciphertext=part[:middle] + letter + part[middle + 1 :])
    with pytest.raises(Refused, match="can no longer be read"):
        read(sheet, cast)


def test_makers_and_their_partners_account_admins_may_read_it(cast: Cast) -> None:
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.bob).sheet
    users = [cast.bob, cast.alice, cast.sally, cast.charlie, cast.gail, cast.uma, cast.support]
    readable = CredentialSheet.objects.readable_by
    assert [user for user in users if sheet in readable(user)] == [cast.bob, cast.alice]


def test_a_temporary_password_expires_after_its_days(
    cast: Cast, sheet: CredentialSheet, settings: Settings
) -> None:
    uma = fresh(cast.uma)
    assert not temporary_password_expired(uma)
    assert not temporary_password_expired(cast.gail)
    uma.temporary_password_set_at = timezone.now() - timedelta(days=14)
    assert temporary_password_expired(uma)
    settings.TEMPORARY_PASSWORD_DAYS = 15
    assert not temporary_password_expired(uma)


def offered(sheet: CredentialSheet, cast: Cast) -> list[tuple[str, bool, Spent | None]]:
    """Who is on the sheet, whether a password is to be seen, and why not."""
    return [(slip.display_name, bool(slip.password), slip.spent) for slip in read(sheet, cast)]


def test_a_password_is_no_longer_offered_once_its_owner_chose_another(
    cast: Cast, sheet: CredentialSheet
) -> None:
    assert offered(sheet, cast) == [("Uma", True, None)]
    choose_password(fresh(cast.uma), "some kettles whistle at dawn")
    assert offered(sheet, cast) == [("Uma", False, Spent.CHOSEN)]


def test_the_password_of_a_deleted_user_is_offered_again_after_a_restore(
    cast: Cast, sheet: CredentialSheet
) -> None:
    delete(cast, cast.uma)
    assert offered(sheet, cast) == [("Uma", False, Spent.DELETED)]
    restore(cast, cast.uma)
    assert offered(sheet, cast) == [("Uma", True, None)]


def test_the_password_of_a_user_deleted_for_good_is_not_offered(
    cast: Cast, sheet: CredentialSheet
) -> None:
    delete(cast, cast.uma)
    remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert offered(sheet, cast) == [("Uma", False, Spent.DELETED)]


def test_of_two_resets_the_later_sheet_alone_has_the_password(
    cast: Cast, sheet: CredentialSheet
) -> None:
    later = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    assert offered(sheet, cast) == [("Uma", False, Spent.NEWER)]
    assert offered(later, cast) == [("Uma", True, None)]


def test_a_user_who_is_put_on_an_older_sheet_has_a_password_there(cast: Cast) -> None:
    domain = cast.contoso.domains.get()
    new = [[NewUser(name.lower(), domain, name)] for name in ("Nora", "Nils")]
    first = add_users(new[0], customer=cast.contoso, actor=cast.alice).sheet
    added = add_users(new[1], customer=cast.contoso, actor=cast.alice, onto=first)
    assert offered(added.sheet, cast) == [("Nora", True, None), ("Nils", True, None)]


def test_a_sheet_has_the_user_name_to_sign_in_with_now(cast: Cast, sheet: CredentialSheet) -> None:
    change_user(
        cast.uma,
        customer=cast.contoso,
        actor=cast.alice,
        fields={},
        local_part="una",
        domain=cast.contoso.domains.get(),
    )
    assert [slip.user_name for slip in read(sheet, cast)] == ["una@contoso.example"]
