"""Passwords that support staff have made in the admin: a second click shows those of the first."""

import re
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models.signals import post_save
from django.test import Client

from accounts.models import CredentialSheet, User
from accounts.passwords import canonical
from accounts.services.staff import block_staff, reset_staff_password
from customers.actions import Action
from customers.models import AuditEvent
from customers.roles import Role
from tests.factories import SupportFactory
from tests.support.admin import act, address, errors, told
from tests.support.cast import Cast, make_cast
from tests.support.threads import together

ADA = {"user_name": "Ada@fabrikam.example", "display_name": "Ada Lind", "first_name": "Ada"}
TAKEN = {"user_name": ["This user name is taken: ada@fabrikam.example. Choose another one."]}


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def add(client: Client, kind: str = "staff", **values: object) -> Any:
    return client.post(f"{address(User, 'add')}?kind={kind}", {**ADA, **values})


def password_on(page: Any) -> str:
    (password,) = re.findall(r'class="password">([^<]+)<', page.text)
    return str(password)


@pytest.mark.parametrize("kind", ["staff", "support"])
def test_the_second_of_two_clicks_shows_the_password_of_the_first_until_done(
    support: Client, cast: Cast, kind: str
) -> None:
    partner = {"partner": cast.fabrikam.pk} if kind == "staff" else {}
    first, second = (add(support, kind, **partner) for _click in range(2))
    assert password_on(second) == password_on(first)
    assert "no-store" in second["Cache-Control"]
    ada = User.objects.get(username="ada@fabrikam.example")
    assert ada.check_password(canonical(password_on(second)))
    assert AuditEvent.objects.filter(action=Action.STAFF_ADDED).count() == 1
    # Another name that is taken, other details or other permissions are no second click.
    others: list[dict[str, object]] = [
        {"user_name": "bob@fabrikam.example"},
        {"first_name": "Adele"},
        {"roles": [Role.ACCOUNT_ADMIN]} if kind == "staff" else {"is_superuser": "on"},
    ]
    for other in others:
        page = add(support, kind, **partner, **other)
        assert "is taken" in " ".join(errors(page)["user_name"])
    # Done leads to the user's page; after that nothing shows it.
    assert support.get(second.context["next_url"]).status_code == 200
    third = add(support, kind, **partner)
    assert errors(third) == TAKEN
    assert password_on(first) not in third.text


def test_the_first_click_of_someone_else_shows_nothing(support: Client, cast: Cast) -> None:
    password = password_on(add(support, partner=cast.fabrikam.pk))
    other = Client()
    other.force_login(SupportFactory.create(local_part="sam"))
    page = add(other, partner=cast.fabrikam.pk)
    assert errors(page) == TAKEN
    assert password not in page.text


def test_a_password_that_a_later_one_replaced_is_not_shown(support: Client, cast: Cast) -> None:
    add(support, partner=cast.fabrikam.pk)
    ada = User.objects.get(username="ada@fabrikam.example")
    reset_staff_password(ada, epoch=ada.session_epoch, actor=cast.alice)
    assert errors(add(support, partner=cast.fabrikam.pk)) == TAKEN


def test_who_is_signed_out_in_that_moment_adds_nobody(support: Client, cast: Cast) -> None:
    def sign_out(**_more: object) -> None:
        support.session.delete()

    post_save.connect(sign_out, sender=User)
    try:
        answer = add(support, partner=cast.fabrikam.pk)
    finally:
        post_save.disconnect(sign_out, sender=User)
    assert answer.status_code == 400
    assert not User.objects.filter(username="ada@fabrikam.example").exists()


def test_the_second_of_two_clicks_leads_to_the_sheet_of_the_first_until_done(
    support: Client, cast: Cast
) -> None:
    of_contoso = {
        "customer": cast.contoso.pk,
        "user_name": "ada@contoso.example",
        "usage_location": "US",
    }
    first, second = (add(support, "user", **of_contoso) for _click in range(2))
    assert "user_name" in errors(add(support, "user", **of_contoso, roles=[Role.GLOBAL_ADMIN]))
    sheet = CredentialSheet.objects.get()
    assert second.headers["Location"] == first.headers["Location"]
    assert support.get(second.headers["Location"]).status_code == 200
    support.post(address(CredentialSheet, "done", sheet.pk))
    assert "user_name" in errors(add(support, "user", **of_contoso))


def test_a_second_click_on_a_staff_reset_shows_the_password_of_the_first(
    support: Client, cast: Cast
) -> None:
    epoch = act(support, "reset_password", cast.bob).context["epoch"]
    first, second = (
        act(support, "reset_password", cast.bob, confirmed="yes", epoch=epoch)
        for _click in range(2)
    )
    assert password_on(second) == password_on(first)
    assert AuditEvent.objects.filter(action=Action.PASSWORD_RESET).count() == 1


def reset_again(client: Client, user: User, epoch: int) -> list[str]:
    """What a second click on the page that had seen this epoch is told, where it shows nothing."""
    answer = act(client, "reset_password", user, confirmed="yes", epoch=epoch)
    assert answer.status_code == 302
    return told(answer)


def test_what_else_a_reset_is_refused_for_is_said_though_a_password_is_kept(
    support: Client, cast: Cast
) -> None:
    add(support, "support")
    ada = User.objects.get(username="ada@fabrikam.example")
    cast.support.is_superuser = False
    cast.support.save(update_fields=["is_superuser"])
    cast.support.user_permissions.set(
        Permission.objects.filter(codename__in=["view_user", "change_user"])
    )
    [sentence] = reset_again(support, ada, epoch=ada.session_epoch)
    assert sentence == "Only a superuser can add or change support staff."


def test_who_was_blocked_since_is_not_shown_as_reset(support: Client, cast: Cast) -> None:
    epoch = act(support, "reset_password", cast.bob).context["epoch"]
    act(support, "reset_password", cast.bob, confirmed="yes", epoch=epoch)
    epoch = act(support, "reset_password", cast.bob).context["epoch"]
    block_staff([cast.bob], actor=cast.alice)
    [sentence] = reset_again(support, cast.bob, epoch)
    assert sentence.startswith("Bob was blocked or got a new password a moment ago.")


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_show_the_same_password(client: Client) -> None:
    """Both have read their session, in which there may be the password of before, when they wait
    for each other.
    """
    cast = make_cast()
    client.force_login(cast.support)
    click = partial(add, client, partner=cast.fabrikam.pk)
    first, second = together(click, click)
    assert password_on(first) == password_on(second)
    for _again in range(3):
        epoch = act(client, "reset_password", cast.bob).context["epoch"]
        reset = partial(act, client, "reset_password", cast.bob, confirmed="yes", epoch=epoch)
        first, second = together(reset, reset)
        assert password_on(first) == password_on(second)
