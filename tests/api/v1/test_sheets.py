"""Passwords to hand over by the API."""

from pytest_django import Settings

from accounts.models import CredentialSheet
from tests.accounts.sheets import add
from tests.api.caller import at, script_of, told
from tests.support.cast import Cast


def test_sheets_are_their_makers(cast: Cast, settings: Settings) -> None:
    settings.REQUIRE_MFA = True
    sheet = add(cast, "Nora")
    assert CredentialSheet.objects.open().get() == sheet
    path = f"{at(cast.contoso)}/passwordsheets"
    [row] = script_of(cast.alice).get(path)["items"]
    refused = told(script_of(cast.alice)("GET", f"{path}/{row['id']}"), 403)
    assert refused["refusal"] == "proof-needed"
    bob = script_of(cast.bob, grave=True)
    assert bob.get(path)["items"] == []
    assert told(bob("GET", f"{path}/{row['id']}"), 404)["code"] == 1_000
