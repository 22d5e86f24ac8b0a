"""What the pages of a partner's applications have in common."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory
from django.urls import reverse

from applications.models import Application
from applications.services.applications import renew_secret
from applications.views.base import CLIENT_SECRETS, kept_secret
from customers.models import Partner
from tests.applications.conftest import Chat
from tests.factories import StaffFactory
from tests.support.cast import Cast

LIST = reverse("applications:application-list")


def test_the_entry_in_the_top_bar_is_for_those_who_look_after_applications(
    client: Client, cast: Cast, chat: Chat
) -> None:
    shown = {}
    for user in (cast.alice, cast.bob, cast.gail, cast.uma):
        client.force_login(user)
        page = client.get(reverse("accounts:me")).content.decode()
        mine = reverse("applications:my-apps")
        shown[user.display_name] = (f'<a href="{LIST}"' in page, f'<a href="{mine}"' in page)
    assert shown == {
        "Alice": (True, False),
        "Bob": (False, False),
        "Gail": (False, True),
        "Uma": (False, True),
    }
    client.force_login(cast.alice)
    assert f'<a href="{LIST}" aria-current="true">' in client.get(LIST).content.decode()


def test_an_account_admin_who_is_limited_looks_after_none(client: Client, cast: Cast) -> None:
    cast.alice.limited_to_customers = True
    cast.alice.save(update_fields=["limited_to_customers"])
    client.force_login(cast.alice)
    assert client.get(LIST).status_code == 403


def test_what_is_neither_a_partners_nor_a_customers_has_no_applications(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.support)
    assert client.get(LIST).status_code == 404


def test_each_partner_has_pages_of_its_own(client: Client, cast: Cast, chat: Chat) -> None:
    for partner in Partner.objects.all():
        client.force_login(StaffFactory.create(partner=partner, roles=["Account admin"]))
        listed = [row.name for row in client.get(LIST).context["rows"]]
        assert listed == (["Team Chat"] if partner == cast.fabrikam else [])


def test_a_secret_that_is_no_longer_the_clients_is_not_shown(cast: Cast, chat: Chat) -> None:
    request: Any = RequestFactory().get("/")
    request.session = SessionStore()
    secret = renew_secret(chat.application, actor=cast.alice)
    CLIENT_SECRETS.keep(request, chat.application.pk, secret)
    fresh = Application.objects.select_related("client")
    assert kept_secret(request, fresh.get()) == secret
    renew_secret(chat.application, actor=cast.alice)
    assert kept_secret(request, fresh.get()) == ""
