"""How often one may reset passwords, choose one's own, and upload: by user and by address."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import CredentialSheet, User
from accounts.signin.limits import wait_in_words
from customers.services.batches import new_key
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import PASSWORD, Cast
from tests.support.html import problems
from uploads.models import Upload

FILE = b"User Name,Display Name\nada@contoso.example,Ada\n"
pytestmark = pytest.mark.usefixtures("no_patience")
Act = Callable[[Client, Cast], Any]


@pytest.fixture(autouse=True)
def narrow_limits(settings: Settings) -> None:
    """Two by a user, three by an address, so that few requests show it."""
    narrow = dict.fromkeys(("reset", "upload", "own_password"), "2/m/user,9/h/user,3/m/ip")
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, **narrow}


def reset_one(client: Client, cast: Cast) -> Any:
    address = reverse("accounts:user-reset", args=[cast.contoso.pk, cast.uma.pk])
    return client.post(address, {"key": new_key()})


def reset_chosen(client: Client, cast: Cast) -> Any:
    address = reverse("accounts:users-reset", args=[cast.contoso.pk])
    return client.post(f"{address}?user={cast.uma.pk}", {"key": new_key()})


def reset_in_admin(client: Client, cast: Cast) -> Any:
    data = {"action": "reset_password", "_selected_action": [cast.uma.pk], "confirmed": "yes"}
    return client.post(reverse("admin:accounts_user_changelist"), {**data, "key": new_key()})


def upload(client: Client, cast: Cast) -> Any:
    address = reverse("uploads:upload-add", args=[cast.contoso.pk])
    return client.post(address, {"file": SimpleUploadedFile("people.csv", FILE)})


def upload_in_admin(client: Client, cast: Cast) -> Any:
    file = SimpleUploadedFile("people.csv", FILE)
    data = {"customer": cast.contoso.pk, "file": file}
    return client.post(reverse("admin:uploads_upload_add"), data)


def change_password(client: Client, cast: Cast) -> Any:
    return client.post(reverse("account_change_password"), {"oldpassword": "wrong"})


ACTS = [reset_one, reset_chosen, reset_in_admin, upload, upload_in_admin, change_password]


def signed_in(user: User, address: str = "192.0.2.1") -> Client:
    client = Client(REMOTE_ADDR=address)
    if not user.has_usable_password():
        User.objects.filter(pk=user.pk).update(password=make_password(PASSWORD))
    client.force_login(User.objects.get(pk=user.pk))
    return client


def actor_for(act: Act, cast: Cast) -> User:
    return cast.support if "admin" in act.__name__ else cast.alice


@pytest.mark.parametrize("act", ACTS)
def test_one_too_many_by_a_user_waits_and_does_nothing(cast: Cast, act: Act) -> None:
    actor = actor_for(act, cast)
    for number in range(2):
        assert act(signed_in(actor, f"192.0.2.{number}"), cast).status_code in {200, 302}
    done = CredentialSheet.objects.count(), Upload.objects.count()
    answer = act(signed_in(actor, "192.0.2.9"), cast)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert "Wait a minute, then go back" in answer.content.decode()
    assert problems(answer.content.decode()) == []
    assert (CredentialSheet.objects.count(), Upload.objects.count()) == done


@pytest.mark.parametrize("act", [reset_one, upload, change_password])
def test_users_at_one_address_share_its_limit(cast: Cast, act: Act) -> None:
    roles = cast.alice.groups.all()
    answers = Counter[int]()
    for _number in range(4):
        staff = StaffFactory.create(partner=cast.fabrikam)
        staff.groups.set(roles)
        answers[act(signed_in(staff), cast).status_code] += 1
    assert answers[429] == 1
    assert act(signed_in(cast.alice, "192.0.2.2"), cast).status_code in {200, 302}


def test_choosing_the_first_password_of_ones_own_is_limited_too(cast: Cast) -> None:
    nora = UserFactory.create(customer=cast.contoso, password="abcdefghjkmn", temporary=True)
    client = signed_in(nora)
    wrong = {"password1": "short", "password2": "short"}
    answers = [client.post("/accounts/password/choose/", wrong).status_code for _try in range(3)]
    assert answers == [200, 200, 429]


def test_confirming_that_it_is_oneself_is_limited_by_the_session(cast: Cast) -> None:
    cast.gives_password(cast.uma)
    client = signed_in(cast.uma)
    address = reverse("account_reauthenticate")
    answers = Counter(client.post(address, {"password": "wrong"}).status_code for _try in range(12))
    assert answers == {200: 10, 429: 2}
    assert client.post(address, {"password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    "seconds, words",
    [(1, "a minute"), (60, "a minute"), (61, "2 minutes"), (5400, "90 minutes"), (5401, "2 hours")],
)
def test_the_wait_is_told_in_words(seconds: int, words: str) -> None:
    assert wait_in_words(seconds) == words
