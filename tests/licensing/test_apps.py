"""What the app has registered once it is ready: its refusals and its triggers."""

import pytest
from django.apps import apps

from customers.refusals import declared
from customers.sqlite_triggers import stamped, uuid_stays
from licensing.apps import TRIGGERS, LicensingConfig
from licensing.refusals import REFUSALS
from tests.support.triggers import triggers


def test_all_refusals_of_the_app_are_declared_with_their_status() -> None:
    known = declared()
    for status, meanings in REFUSALS.items():
        for code, meaning in meanings.items():
            assert known[code] == (status, meaning)


def test_being_ready_once_more_declares_nothing_else() -> None:
    before = declared()
    config = apps.get_app_config("licensing")
    assert isinstance(config, LicensingConfig)
    config.ready()
    assert declared() == before


@pytest.mark.django_db
def test_the_triggers_are_there_on_either_database() -> None:
    assert triggers() >= {
        ("subscription_uuid_stays", "licensing_subscription"),
        ("license_stamped", "licensing_licenseassignment"),
    }
    assert {
        "subscription_uuid_stays": uuid_stays("licensing_subscription"),
        "license_stamped": stamped("licensing_licenseassignment"),
    } == TRIGGERS
