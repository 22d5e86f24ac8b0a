"""A user whom a source keeps, on the pages of users."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from api.models import ScimLink, Source
from api.services.sourced_users import add_from_source
from customers.roles import Role
from tests.api.scim.telling import told
from tests.api.tokens import source_of
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.support.forms import fields


@pytest.fixture
def source(cast: Cast) -> Source:
    return source_of(cast.contoso, cast.gail)


@pytest.fixture
def grace(source: Source) -> User:
    return add_from_source(source, told("grace@contoso.example", first_name="Grace"))


def test_kept_fields_are_shown_and_the_others_saved(
    client: Client, cast: Cast, grace: User
) -> None:
    client.force_login(cast.gail)
    address = reverse("accounts:user-detail", args=[cast.contoso.pk, grace.pk])
    page = client.get(address)
    form = page.context["form"]
    locked = {name for name, field in form.fields.items() if field.disabled}
    assert locked == {"user_name", "domain", "first_name"}
    assert "Kept by Personio." in page.content.decode()
    sent = fields(page.content.decode()) | {"first_name": "X", "user_name": "x", "office": "1"}
    assert client.post(address, sent, follow=True).status_code == 200
    grace.refresh_from_db()
    assert (grace.first_name, grace.office) == ("Grace", "1")
    assert grace.user_name == "grace@contoso.example"


def test_the_card_names_the_source_and_who_may_open_it(
    client: Client, cast: Cast, grace: User, source: Source
) -> None:
    address = reverse("accounts:user-detail", args=[cast.contoso.pk, grace.pk])
    link = reverse("api:source-detail", args=[cast.contoso.pk, source.pk])
    client.force_login(cast.gail)
    assert link in client.get(address).content.decode()
    client.force_login(cast.bob)
    text = client.get(address).content.decode()
    assert "keeps this user." in text
    assert link not in text
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]))
    text = client.get(address).content.decode()
    assert link not in text
    assert reverse("api:user-release", args=[cast.contoso.pk, grace.pk]) in text


def test_a_user_is_released(client: Client, cast: Cast, grace: User) -> None:
    client.force_login(cast.gail)
    address = reverse("api:user-release", args=[cast.contoso.pk, grace.pk])
    assert "Release from Personio" in client.get(address).content.decode()
    page = client.post(address, follow=True)
    assert "Grace is released from Personio." in page.content.decode()
    assert not ScimLink.objects.exists()
    assert client.get(address).status_code == 404
    assert not page.context["form"].fields["first_name"].disabled
