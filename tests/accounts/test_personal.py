"""A user's data handed out: all of it, nothing of others, nothing secret."""

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models.fields.reverse_related import ForeignObjectRel
from pytest_django import DjangoAssertNumQueries

from accounts import personal
from accounts.models import User
from accounts.personal import COLUMNS_NOT_GIVEN, RELATIONS_NOT_GIVEN, personal_data, relations
from accounts.services.second_steps import add_passkey
from accounts.services.users import block_users, change_user
from tests.accounts.signin.second_steps import give_app, sign_in_elsewhere
from tests.accounts.verbs import fresh, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, confirmed, upload_of

BUTTON = "Export personal data"


def data_of(user: User) -> dict[str, Any]:
    found: dict[str, Any] = json.loads("".join(personal_data(fresh(user))))
    return found


def test_every_relation_is_given_or_has_a_reason(cast: Cast) -> None:
    every = {
        f"{one.related_model._meta.label}.{one.field.name}"
        for one in User._meta.get_fields(include_hidden=True)
        if isinstance(one, ForeignObjectRel) and not one.many_to_many
    }
    given = {relation for relation, _rows in relations(cast.uma).values()}
    assert given | RELATIONS_NOT_GIVEN.keys() == every
    assert given.isdisjoint(RELATIONS_NOT_GIVEN)
    assert COLUMNS_NOT_GIVEN.keys() <= {field.attname for field in User._meta.concrete_fields}


def test_the_file_has_what_is_held_about_the_user(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    change_user(cast.uma, customer=cast.contoso, actor=cast.alice, fields={"city": "Malmö"})
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice, reason="Ticket 1")
    found = data_of(cast.uma)
    assert found["user"]["city"] == "Malmö"
    assert found["user"]["user_name"] == "uma@contoso.example"
    assert COLUMNS_NOT_GIVEN.keys().isdisjoint(found["user"])
    assert [row["product"] for row in found["licenses"]] == ["Teams"]
    assert [row["kind"] for row in found["done_to_the_person"]] == ["change", "block"]
    changed, blocked = found["log_about_the_person"]
    assert (changed["action"], changed["personal"]) == ("user.changed", {"city": ["", "Malmö"]})
    assert (blocked["action"], blocked["reason"]) == ("user.blocked", "Ticket 1")
    assert found["log_by_the_person"] == []


def test_no_secret_of_signing_in_is_in_it(cast: Cast) -> None:
    secret = give_app(cast.uma)
    add_passkey("Key ring", {"id": "credential"}, actor=fresh(cast.uma))
    sign_in_elsewhere(cast.uma)
    found = data_of(cast.uma)
    steps = [(row["type"], row["name"]) for row in found["second_steps"]]
    assert steps == [("totp", None), ("recovery_codes", None), ("webauthn", "Key ring")]
    assert [row["ip"] for row in found["sessions"]] == ["203.0.113.7"]
    text = json.dumps(found)
    stored = Authenticator.objects.get(user=cast.uma, type="totp").data["secret"]
    hidden = [secret, stored, "credential", UserSession.objects.get().session_key]
    assert [value for value in hidden if value in text] == []


def test_others_are_not_named_in_it(cast: Cast) -> None:
    """An administrator's own history is theirs; the users in it are not."""
    rows = [HEADINGS, ["ada@contoso.example", "Ada", "Lovelace", ""]]
    confirmed(upload_of(rows, customer=cast.contoso, actor=cast.gail), actor=cast.gail)
    block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    text = "".join(personal_data(fresh(cast.gail)))
    found = json.loads(text)
    assert [row["action"] for row in found["log_by_the_person"]] == ["user.added", "user.blocked"]
    assert [row["kind"] for row in found["batches"]] == ["upload", "block"]
    assert "Uma" not in text
    assert "Ada" not in text


@pytest.mark.parametrize("number", [3, 30])
def test_queries_do_not_grow_with_history(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _turn in range(number):
        block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    gail = fresh(cast.gail)
    with django_assert_num_queries(49):
        list(personal_data(gail))


def test_a_long_history_is_read_in_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal, "PAGE", 2)
    users = UserFactory.create_batch(5, customer=cast.contoso)
    block_users(users, customer=cast.contoso, actor=cast.gail)
    assert len(data_of(cast.gail)["log_by_the_person"]) == 5
