"""Which applications a user may know of, and what the database keeps."""

import pytest
from django.db import IntegrityError, transaction

from applications.models import Application, ApplicationCustomer, ApplicationPlan
from tests.applications.conftest import Chat
from tests.factories import ApplicationFactory, UserFactory
from tests.support.cast import Cast


def test_staff_know_of_their_partners_and_users_of_those_for_their_customer(cast: Cast) -> None:
    everywhere = ApplicationFactory.create(partner=cast.fabrikam, name="Everywhere")
    contosos = ApplicationFactory.create(
        partner=cast.fabrikam, name="Contoso's", only=[cast.contoso]
    )
    northwinds = ApplicationFactory.create(
        partner=cast.fabrikam, name="Northwind's", only=[cast.northwind]
    )
    litwares = ApplicationFactory.create(partner=cast.litware)
    known = {
        "alice": [contosos, everywhere, northwinds],
        "uma": [contosos, everywhere],
        "gail": [contosos, everywhere],
        "charlie": [litwares],
        "support": [],
    }
    found = {name: list(Application.objects.visible_to(getattr(cast, name))) for name in known}
    assert found == known
    guest = UserFactory.create(customer=cast.northwind)
    assert list(Application.objects.visible_to(guest)) == [everywhere, northwinds]


def test_a_name_is_there_once_for_each_partner(cast: Cast) -> None:
    ApplicationFactory.create(partner=cast.fabrikam, name="Chat")
    ApplicationFactory.create(partner=cast.litware, name="Chat")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationFactory.create(partner=cast.fabrikam, name="CHAT")


def test_a_plan_and_a_customer_are_chosen_once(cast: Cast, chat: Chat) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationPlan.objects.create(application=chat.application, plan=chat.plan)
    chosen = {"application": chat.application, "customer": cast.contoso}
    ApplicationCustomer.objects.create(**chosen)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationCustomer.objects.create(**chosen)
