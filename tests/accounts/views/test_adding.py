"""Add user: the form, and what each of its fields refuses."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import CredentialSheet
from accounts.services.credentials import slips_of
from customers.invisible import visible
from customers.roles import Role
from tests.accounts.adding import NEW_USER, Data, added, errors, nobody_was_added, read_form
from tests.factories import (
    DomainFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.html import problems

TEXTS = [
    "first_name",
    "last_name",
    "display_name",
    "job_title",
    "department",
    "office",
    "office_phone",
    "mobile_phone",
    "fax",
    "street",
    "city",
    "state",
    "postal_code",
]


@pytest.fixture
def address(client: Client, cast: Cast) -> str:
    client.force_login(cast.alice)
    return f"/customers/{cast.contoso.pk}/users/add/"


@pytest.fixture
def form(client: Client, cast: Cast, address: str) -> Data:
    """What the fresh page would send back, with a user filled in."""
    return read_form(client, address) | NEW_USER


def test_the_form_begins_with_the_customers_location_and_domain(
    client: Client, cast: Cast, address: str
) -> None:
    DomainFactory.create(customer=cast.contoso, name="a.example")
    form = client.get(address).context["form"]
    assert form["usage_location"].value() == "US"
    assert [str(label) for _value, label in form.fields["domain"].choices] == [
        "contoso.example",
        "a.example",
    ]
    assert form["permission"].value() == "user"


def test_every_field_is_stored(client: Client, cast: Cast, address: str, form: Data) -> None:
    more = {name: f"My {name}" for name in TEXTS if name not in NEW_USER}
    data = {**form, **more, "alternate_email": "nora@mail.example", "country": "SE"}
    response = client.post(address, {**data, "usage_location": "NO"})
    user = added()
    sheet = CredentialSheet.objects.get()
    assert response["Location"] == f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/"
    for name, value in {**NEW_USER, **more}.items():
        if name != "user_name":
            assert getattr(user, name) == value, name
    assert (user.alternate_email, user.country, user.usage_location) == (
        "nora@mail.example",
        "SE",
        "NO",
    )
    assert (user.customer, user.must_change_password) == (cast.contoso, True)
    [slip] = slips_of(sheet)
    assert (slip.user_id, slip.user_name) == (user.pk, "nora.ek@contoso.example")
    assert user.check_password(slip.password.replace("-", ""))


def test_display_name_follows_from_the_names(client: Client, address: str, form: Data) -> None:
    client.post(address, {**form, "display_name": ""})
    assert added().display_name == "Nora Ek"


@pytest.mark.parametrize(
    ("chosen", "roles"),
    [
        ({"permission": "user"}, ()),
        ({"permission": "user", "limited_roles": [Role.USER_ADMIN]}, ()),
        ({"permission": "global"}, (Role.GLOBAL_ADMIN,)),
        (
            {"permission": "limited", "limited_roles": [Role.BILLING_ADMIN, Role.USER_ADMIN]},
            (Role.BILLING_ADMIN, Role.USER_ADMIN),
        ),
    ],
)
def test_permissions(
    client: Client, address: str, form: Data, chosen: Data, roles: tuple[Role, ...]
) -> None:
    client.post(address, {**form, **chosen})
    assert added().roles == roles


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"permission": "limited"}, "limited_roles"),
        ({"permission": "limited", "limited_roles": [Role.GLOBAL_ADMIN]}, "limited_roles"),
        ({"permission": "limited", "limited_roles": [Role.ACCOUNT_ADMIN]}, "limited_roles"),
        ({"permission": "root"}, "permission"),
        ({"permission": ""}, "permission"),
    ],
)
def test_bad_permissions_are_refused(
    client: Client, address: str, form: Data, chosen: Data, field: str
) -> None:
    assert field in errors(client.post(address, {**form, **chosen}))
    assert nobody_was_added()


def test_user_administrator_can_only_add_plain_users(client: Client, cast: Cast) -> None:
    una = UserFactory.create(
        customer=cast.contoso, first_name="Una", last_name="", roles=[Role.USER_ADMIN]
    )
    client.force_login(una)
    address = f"/customers/{cast.contoso.pk}/users/add/"
    form = read_form(client, address) | NEW_USER
    assert "permission" in errors(client.post(address, {**form, "permission": "global"}))
    assert nobody_was_added()
    client.post(address, form)
    assert added().roles == ()


@pytest.mark.parametrize(
    ("who", "status"),
    [("alice", 200), ("bob", 403), ("sally", 403), ("gail", 200), ("uma", 403), ("charlie", 404)],
)
def test_who_may_add(client: Client, cast: Cast, who: str, status: int) -> None:
    client.force_login(getattr(cast, who))
    address = f"/customers/{cast.contoso.pk}/users/add/"
    assert client.get(address).status_code == status
    assert client.post(address).status_code == status


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ünïcödé  名前  ", "Ünïcödé  名前"),
        ("<b>bold</b> & “so”", "<b>bold</b> & “so”"),
        ("=1+1", "=1+1"),
        ("a\u200bb\u202ec\x07d", "abcd"),
        ("a\tb", "a b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_of_any_kind_is_stored_without_what_nobody_sees(
    client: Client, address: str, form: Data, typed: str, stored: str
) -> None:
    response = client.post(address, {**form, **dict.fromkeys(TEXTS, typed)}, follow=True)
    user = added()
    assert {name: getattr(user, name) for name in TEXTS} == dict.fromkeys(TEXTS, stored)
    notices = [str(message) for message in response.context["messages"]]
    removed = len(TEXTS) if "\u200b" in typed else 0
    assert ["U+200B (zero width space)" in notice for notice in notices] == [True] * removed
    assert "<b>bold</b>" not in response.content.decode()


def test_too_long_is_said_at_each_field_and_kept(client: Client, address: str, form: Data) -> None:
    names, typed = [*TEXTS, "alternate_email", "user_name"], "x" * 10_000
    response = client.post(address, {**form, **dict.fromkeys(names, typed)})
    assert sorted(errors(response)) == sorted(names)
    assert errors(response)["city"] == ["Shorten this to 128 characters or fewer (it has 10000)."]
    assert {response.context["form"][name].value() for name in names} == {typed}
    assert nobody_was_added()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the user name"),
        ("nora ek", "A space"),
        ("nora\u200bek", "U+200B (zero width space)"),
        ("nora\x01ek", "An invisible character, U+0001,"),
        ("nora\x00ek", "An invisible character"),
        ("\u202enora", "U+202E (right-to-left override)"),
        ("nоra", "о (cyrillic small letter o)"),
        ("nöra", "ö (latin small letter o with diaeresis)"),
        ("норa", "cyrillic"),
        ("<b>nora</b>", "<"),
        ("nora@contoso.example", "Leave out the @"),
        (".nora", "dot"),
        ("no..ra", "dot"),
        ("x" * 65, "64"),
    ],
)
def test_a_user_name_that_can_not_be_is_refused_by_name(
    client: Client, address: str, form: Data, typed: str, said: str
) -> None:
    response = client.post(address, {**form, "user_name": typed})
    assert list(errors(response)) == ["user_name"]
    assert said in errors(response)["user_name"][0]
    assert response.context["form"]["user_name"].value() == visible(typed)[0]
    assert response.context["form"]["last_name"].value() == "Ek"
    assert nobody_was_added()
    assert problems(response.content.decode()) == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("display_name", ""),
        ("display_name", "\u200b\u202e"),
        ("alternate_email", "nora"),
        ("alternate_email", "nora@mail.example, ek@mail.example"),
        ("usage_location", "XX"),
        ("country", "<b>"),
        ("domain", ""),
        ("domain", "0"),
        ("domain", "x"),
        ("key", ""),
        ("key", "x" * 65),
        ("licenses", "999999"),
        ("licenses", "x"),
    ],
)
def test_each_field_refuses_what_it_can_not_be(
    client: Client, address: str, form: Data, name: str, typed: str
) -> None:
    nameless = {"first_name": "", "last_name": ""} if name == "display_name" else {}
    response = client.post(address, {**form, **nameless, name: typed})
    assert list(errors(response)) == [name]
    assert nobody_was_added()


def test_a_form_with_nothing_in_it_names_what_is_needed(client: Client, address: str) -> None:
    response = client.post(address, {})
    assert sorted(errors(response)) == ["display_name", "domain", "key", "permission", "user_name"]


def test_other_customers_domain_is_refused(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    theirs = cast.northwind.domains.get()
    assert list(errors(client.post(address, {**form, "domain": theirs.pk}))) == ["domain"]


def test_taken_name_proposes_a_free_one(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    UserFactory.create(customer=cast.contoso, local_part="Nora.Ek")
    UserFactory.create(customer=cast.contoso, local_part="nora.ek2")
    response = client.post(address, form)
    assert errors(response) == {
        "user_name": ["nora.ek@contoso.example is already taken. Try nora.ek3."]
    }
    assert response.context["form"]["display_name"].value() == "Nora Ek"


def ask_for_name(client: Client, cast: Cast, user_name: str, **given: Any) -> Any:
    domain = cast.contoso.domains.get(name="contoso.example")
    page = f"/customers/{cast.contoso.pk}/users/name/"
    return client.get(page, {"user_name": user_name, "domain": domain.pk, **given})


@pytest.mark.parametrize(
    ("typed", "state", "text"),
    [
        ("nora", "free", "nora@contoso.example is free."),
        (" Nora ", "free", "Nora@contoso.example is free."),
        ("UMA", "taken", "UMA@contoso.example is already taken."),
        ("a b", "wrong", "A space can't be in a user name."),
        ("a@contoso.example", "wrong", "Leave out the @"),
        (".a", "wrong", "can't begin or end with a dot"),
        ("x" * 65, "wrong", "up to 64 characters"),
        ("", "wrong", "Enter the user name"),
    ],
)
def test_it_is_told_as_saving_tells_it(
    alice: Client, cast: Cast, typed: str, state: str, text: str
) -> None:
    answer = ask_for_name(alice, cast, typed).json()
    assert answer["state"] == state
    assert text in answer["text"]


def test_ones_own_name_needs_no_word(alice: Client, cast: Cast) -> None:
    assert ask_for_name(alice, cast, "uma", user=cast.uma.pk).json() == {"state": "own", "text": ""}
    assert ask_for_name(alice, cast, "uma", user=cast.gail.pk).json()["state"] == "taken"
    assert ask_for_name(alice, cast, "uma", user="x").json()["state"] == "taken"


def test_a_deleted_user_keeps_no_name(alice: Client, cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, local_part="old", deleted=True)
    assert ask_for_name(alice, cast, "old").json()["state"] == "free"


def test_no_domain_but_the_customers_is_asked_about(alice: Client, cast: Cast) -> None:
    for customer in (cast.northwind, cast.adatum):
        domain = customer.domains.first()
        assert domain is not None
        assert ask_for_name(alice, cast, "anyone", domain=domain.pk).status_code == 404
    for domain_id in ("", "x", "9" * 30):
        assert ask_for_name(alice, cast, "anyone", domain=domain_id).status_code == 404


def test_it_is_asked_by_those_who_add_and_change_users(client: Client, cast: Cast) -> None:
    client.force_login(cast.sally)
    assert ask_for_name(client, cast, "nora").status_code == 403
    client.force_login(cast.charlie)
    assert ask_for_name(client, cast, "nora").status_code == 404


def test_names_can_not_be_tried_by_the_thousand(alice: Client, cast: Cast, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "user_name": "2/m/user"}
    assert [ask_for_name(alice, cast, "nora").status_code for _time in range(3)] == [200, 200, 429]
