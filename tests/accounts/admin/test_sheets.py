"""Password sheets in the admin: seen by all support staff, read and destroyed by their maker."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import CredentialSheet, CredentialSheetPart
from accounts.services.users import reset_passwords
from tests.accounts.sheets import readings, stored
from tests.factories import SupportFactory
from tests.support.admin import address, told
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.fixture
def sheet(cast: Cast) -> CredentialSheet:
    """Of Uma and Gail, made by support."""
    made = reset_passwords([cast.uma, cast.gail], customer=cast.contoso, actor=cast.support)
    return made.sheet


def page(sheet: CredentialSheet, name: str) -> str:
    return address(CredentialSheet, name, sheet.pk)


def test_each_reading_shows_all_and_stands_in_the_log(
    support: Client, sheet: CredentialSheet
) -> None:
    before = len(readings(sheet))
    response = support.get(page(sheet, "show"))
    names = [slip.user_name for slip in response.context["slips"]]
    assert sorted(names) == ["gail@contoso.example", "uma@contoso.example"]
    assert "no-store" in response.headers["Cache-Control"]
    assert len(readings(sheet)) == before + 1


@pytest.mark.parametrize("name", ["show", "done"])
def test_another_of_the_support_staff_neither_reads_nor_destroys_it(
    support: Client, sheet: CredentialSheet, name: str
) -> None:
    support.force_login(SupportFactory.create())
    assert support.get(page(sheet, name)).status_code == 404
    assert support.post(page(sheet, name)).status_code == 404
    assert stored(sheet) != []
    seen = support.get(page(sheet, "change"))
    assert (seen.status_code, seen.context["readable"]) == (200, False)


def test_its_maker_is_led_to_it_while_it_is_open(support: Client, sheet: CredentialSheet) -> None:
    assert support.get(page(sheet, "change")).context["readable"] is True
    CredentialSheet.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert support.get(page(sheet, "change")).context["readable"] is False


def test_an_expired_sheet_says_so(support: Client, sheet: CredentialSheet) -> None:
    CredentialSheet.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    response = support.get(page(sheet, "show"))
    assert response.headers["Location"] == page(sheet, "change")
    assert told(response)


def test_a_link_destroys_nothing_and_the_button_does(
    support: Client, sheet: CredentialSheet
) -> None:
    support.get(page(sheet, "done"))
    assert stored(sheet) != []
    assert told(support.post(page(sheet, "done"))) == ["These passwords are destroyed."]
    assert stored(sheet) == []


def test_what_is_sealed_is_on_no_page(support: Client, sheet: CredentialSheet) -> None:
    [part] = CredentialSheetPart.objects.filter(sheet=sheet)
    for url in (
        address(CredentialSheetPart, "changelist"),
        address(CredentialSheetPart, "change", part.pk),
    ):
        response = support.get(url)
        assert response.status_code == 200
        assert part.ciphertext[:20] not in response.content.decode()
