"""The form of provisioning: a token is entered once, and is not shown again."""

import pytest

from applications.forms.provisioning import ProvisioningForm
from applications.models import Leaving
from applications.services.provisioning.setting_up import Connection
from tests.factories import ProvisioningFactory

ADDRESS = "https://chat.example/scim/v2"


def test_a_new_one_needs_a_token() -> None:
    typed = {"address": ADDRESS, "leaving": "delete"}
    assert ProvisioningForm(typed).errors.keys() == {"token"}
    form = ProvisioningForm({**typed, "token": " secret "})
    assert form.is_valid()
    assert form.connection() == Connection(ADDRESS, "secret", Leaving.DELETE)


@pytest.mark.django_db
def test_of_one_that_is_there_it_shows_all_but_the_token() -> None:
    there = ProvisioningFactory.create(address=ADDRESS, leaving=Leaving.DELETE)
    html = ProvisioningForm(there=there).as_p()
    assert ADDRESS in html
    assert there.sealed_token not in html
    form = ProvisioningForm({"address": ADDRESS, "leaving": "delete", "token": ""}, there=there)
    assert form.is_valid()
    assert form.connection().token == ""
