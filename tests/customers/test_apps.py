"""What the app has registered once it is ready: its checks, its refusals, its triggers."""

import pytest
from django.apps import apps
from django.core.checks.registry import registry

from customers.apps import TRIGGERS, CustomersConfig
from customers.checks import names_are_searched_by_index
from customers.refusals import REFUSALS, declared
from customers.sqlite_triggers import uuid_stays
from tests.support.triggers import triggers


def test_the_check_of_the_database_is_registered() -> None:
    assert names_are_searched_by_index in registry.registered_checks


def test_all_refusals_of_the_app_are_declared_with_their_status() -> None:
    known = declared()
    for status, meanings in REFUSALS.items():
        for code, meaning in meanings.items():
            assert known[code] == (status, meaning)


def test_being_ready_once_more_declares_nothing_else() -> None:
    before = declared()
    config = apps.get_app_config("customers")
    assert isinstance(config, CustomersConfig)
    config.ready()
    assert declared() == before


@pytest.mark.django_db
def test_a_trigger_keeps_the_uuid_of_a_customer_on_either_database() -> None:
    assert ("customer_uuid_stays", "customers_customer") in triggers()
    assert TRIGGERS["customer_uuid_stays"] == uuid_stays("customers_customer")
