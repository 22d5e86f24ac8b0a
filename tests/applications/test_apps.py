"""What the app has registered once it is ready: its refusals, its triggers, what it adds below."""

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from accounts.personal import relations as all_relations
from applications.apps import TRIGGERS
from applications.models import Application
from applications.refusals import REFUSALS
from customers.identity import RandomUUID
from customers.refusals import declared
from tests.applications.conftest import Chat
from tests.support.cast import Cast
from tests.support.triggers import triggers


def test_all_refusals_of_the_app_are_declared_with_their_status() -> None:
    known = declared()
    for status, meanings in REFUSALS.items():
        for code, meaning in meanings.items():
            assert known[code] == (status, meaning)


@pytest.mark.django_db
def test_the_triggers_are_there_on_either_database() -> None:
    assert triggers() >= {(name, "applications_application") for name in TRIGGERS}


def test_an_application_keeps_its_uuid_and_says_when_it_was_changed(chat: Chat) -> None:
    row = Application.objects.filter(pk=chat.application.pk)
    before = row.get().updated_at
    row.update(name="Other")
    assert row.get().updated_at > before
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        row.update(uuid=RandomUUID())


def test_the_personal_data_of_a_user_have_what_applications_hold(cast: Cast) -> None:
    assert apps.is_installed("applications")
    assert {"application_sessions", "application_tokens"} <= set(all_relations(cast.uma))
