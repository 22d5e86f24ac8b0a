"""Personal data as a file: of users for those who manage them, and of oneself."""

import json
from typing import Any

import pytest
from django.test import Client

from customers.models import AuditEvent
from customers.roles import Role
from tests.accounts.verbs import delete
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import read

BUTTON = "Export personal data"


def test_who_manages_a_user_exports_and_it_is_logged(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    page = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert BUTTON in read(client, page)
    response: Any = client.get(f"{page}data/")
    assert response.headers["Content-Type"] == "application/json"
    assert f"personal-data-{cast.uma.pk}-contoso-" in response.headers["Content-Disposition"]
    found = json.loads(b"".join(response.streaming_content))
    assert found["user"]["display_name"] == "Uma"
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.target_id) == (
        "user.exported",
        cast.gail.pk,
        cast.uma.pk,
    )


def test_an_administrator_is_beyond_the_reach_of_a_user_admin(client: Client, cast: Cast) -> None:
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]))
    page = f"/customers/{cast.contoso.pk}/users/{cast.gail.pk}/"
    assert BUTTON not in read(client, page)
    assert client.get(f"{page}data/").status_code == 403
    assert not AuditEvent.objects.exists()


def test_a_deleted_user_has_data_until_the_purge(client: Client, cast: Cast) -> None:
    delete(cast, cast.uma)
    client.force_login(cast.alice)
    page = f"/customers/{cast.contoso.pk}/users/{cast.uma.pk}/"
    assert BUTTON in read(client, page)
    assert client.get(f"{page}data/").status_code == 200


@pytest.mark.parametrize("who", ["uma", "sally", "support"])
def test_users_export_their_own(client: Client, cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    client.force_login(user)
    assert BUTTON in read(client, "/me/account/")
    response: Any = client.get("/me/data/")
    assert json.loads(b"".join(response.streaming_content))["user"]["id"] == user.pk
    assert AuditEvent.objects.get().actor_id == user.pk
