"""Rows of provisioning: of whom they are, and which of them are due."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.models import Application, Leaving, Provision, Provisioning, ProvisionState
from applications.models.provisioning import look_again
from tests.factories import ApplicationFactory, ProvisionFactory, ProvisioningFactory
from tests.support.cast import Cast


def test_a_user_has_one_account_in_an_application(cast: Cast) -> None:
    row = ProvisionFactory.create(user=cast.uma)
    ProvisionFactory.create(user=cast.uma)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProvisionFactory.create(application=row.application, user=cast.uma)
    assert str(row) == f"{row.application.name} ({row.pk})"


def test_what_waits_is_due_when_its_pause_is_over(cast: Cast) -> None:
    now = timezone.now()
    due = ProvisionFactory.create(user=cast.uma, due_at=now)
    ProvisionFactory.create(user=cast.uma, due_at=now + timedelta(seconds=1))
    ProvisionFactory.create(user=cast.uma, state=ProvisionState.DONE)
    ProvisionFactory.create(user=cast.uma, state=ProvisionState.FAILED)
    assert list(Provision.objects.due(now)) == [due]


def test_a_reason_to_look_again_forgets_what_went_wrong(cast: Cast) -> None:
    ProvisionFactory.create(
        user=cast.uma, state=ProvisionState.FAILED, tries=4, reason="No.", changed=3
    )
    Provision.objects.update(**look_again())
    row = Provision.objects.get()
    assert (row.state, row.tries, row.reason, row.changed) == (ProvisionState.WAITING, 0, "", 4)


def test_what_works_was_started_and_its_application_is_on(cast: Cast) -> None:
    working = ProvisioningFactory.create()
    ProvisioningFactory.create(is_on=False)
    off = ProvisioningFactory.create(application=ApplicationFactory.create())
    Application.objects.filter(pk=off.application_id).update(is_on=False)
    assert list(Provisioning.objects.working()) == [working]
    assert working.leaving == Leaving.DEACTIVATE
    assert str(working) == working.address
