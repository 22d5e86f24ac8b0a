"""Add user: the form, what it refuses, and the set that its passwords are kept in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import CredentialSheet, SheetKind, User
from accounts.services.credentials import slips_for_mail
from accounts.services.users import reset_passwords
from customers.actions import Action
from customers.models import AuditEvent, Batch
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from tests.cast import Cast
from tests.factories import (
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
    assign,
)
from tests.html import problems

Data = dict[str, Any]
Post = Callable[..., Any]

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
PERSON = {
    "first_name": "Nora",
    "last_name": "Ek",
    "display_name": "Nora Ek",
    "user_name": "nora.ek",
}


@pytest.fixture
def address(client: Client, cast: Cast) -> str:
    client.force_login(cast.alice)
    return f"/customers/{cast.contoso.pk}/users/add/"


@pytest.fixture
def form(client: Client, cast: Cast, address: str) -> Data:
    """What the fresh page would send back, with a person filled in."""
    return read_form(client, address) | PERSON


@pytest.fixture
def teams(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Teams", plans=["CHAT", "CALLS"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=3)


def read_form(client: Client, address: str) -> Data:
    """The values of the form as the page shows them, licenses apart."""
    form = client.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["domain"] = values["domain"] or form.fields["domain"].queryset[0].pk
    return {name: value for name, value in values.items() if value}


def added() -> User:
    return User.objects.with_roles().get(username="nora.ek@contoso.example")


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


def nobody_was_added() -> bool:
    return not User.objects.filter(username__startswith="nora").exists() and (
        not Batch.objects.exists() and not CredentialSheet.objects.exists()
    )


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
    more = {name: f"My {name}" for name in TEXTS if name not in PERSON}
    data = {**form, **more, "alternate_email": "nora@mail.example", "country": "SE"}
    response = client.post(address, {**data, "usage_location": "NO"})
    user = added()
    sheet = CredentialSheet.objects.get()
    assert response["Location"] == f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/"
    for name, value in {**PERSON, **more}.items():
        if name != "user_name":
            assert getattr(user, name) == value, name
    assert (user.alternate_email, user.country, user.usage_location) == (
        "nora@mail.example",
        "SE",
        "NO",
    )
    assert (user.customer, user.must_change_password) == (cast.contoso, True)
    [slip] = slips_for_mail(sheet)
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
    form = read_form(client, address) | PERSON
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
    assert {response.context["form"][name].value() for name in names} == {typed}
    assert nobody_was_added()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the user name"),
        ("nora ek", "U+0020"),
        ("nora\u200bek", "U+200B (zero width space)"),
        ("nora\x01ek", "U+0001"),
        ("nora\x00ek", "Null characters"),
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
    assert response.context["form"]["user_name"].value() == typed
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
        "user_name": [
            "Somebody has the user name nora.ek@contoso.example already. nora.ek3 is free."
        ]
    }
    assert response.context["form"]["display_name"].value() == "Nora Ek"


def test_licenses_are_given_without_the_services_switched_off(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    chosen = {"licenses": [teams.pk], f"shown_{teams.pk}": "CHAT CALLS"}
    client.post(address, {**form, **chosen, f"services_{teams.pk}": ["CALLS"]})
    row = LicenseAssignment.objects.get()
    assert (row.user, row.subscription, row.services_off) == (added(), teams, ["CHAT"])
    teams.refresh_from_db()
    assert teams.assigned == 1


def test_a_service_that_the_page_did_not_know_is_on(
    client: Client, address: str, form: Data, teams: Subscription
) -> None:
    client.post(address, {**form, "licenses": [teams.pk], f"shown_{teams.pk}": "CHAT"})
    assert LicenseAssignment.objects.get().services_off == ["CHAT"]


def test_services_of_a_subscription_that_is_not_chosen_do_nothing(
    client: Client, address: str, form: Data, teams: Subscription
) -> None:
    client.post(address, {**form, f"shown_{teams.pk}": "CHAT", f"services_{teams.pk}": ["CHAT"]})
    assert added().assignments.count() == 0


def test_full_and_suspended_subscriptions_can_not_be_chosen(
    client: Client, cast: Cast, address: str, teams: Subscription
) -> None:
    holders = UserFactory.create_batch(3, customer=cast.contoso)
    assign(teams, *holders)
    mail = SubscriptionFactory.create(
        customer=cast.contoso, product=ProductFactory.create(name="Mail")
    )
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.SUSPENDED)
    page = client.get(address).content.decode()
    assert page.count('name="licenses"') == 2
    assert page.count("disabled") == 2
    assert "No seats left." in page
    assert f'href="/customers/{cast.contoso.pk}/subscriptions/{teams.pk}/"' in page
    client.force_login(cast.gail)
    page = client.get(address).content.decode()
    assert "Buy more" not in page
    assert "Only your partner can do this." in page


def test_seats_gone_meanwhile_are_said_and_all_stays(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    assign(teams, *UserFactory.create_batch(3, customer=cast.contoso))
    data = {**form, "licenses": [teams.pk], f"shown_{teams.pk}": "CHAT CALLS"}
    response = client.post(address, {**data, f"services_{teams.pk}": ["CHAT"], "city": "Oslo"})
    assert errors(response) == {"licenses": ["Teams: 1 seat is missing."]}
    [option] = response.context["form"].options
    assert (option.chosen, option.problems) == (True, ["1 seat is missing."])
    assert [(plan.code, plan.is_on) for plan in option.plans] == [("CALLS", False), ("CHAT", True)]
    assert response.context["form"]["city"].value() == "Oslo"
    assert nobody_was_added()
    assert problems(response.content.decode()) == []


def test_rules_of_products_are_said_at_the_licenses(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    addon = ProductFactory.create(name="Add-on", requires=[teams.product])
    phone = SubscriptionFactory.create(customer=cast.contoso, product=addon)
    response = client.post(address, {**form, "licenses": [phone.pk]})
    assert errors(response) == {"licenses": ["Add-on needs Teams too."]}
    response = client.post(
        address, {**form, "licenses": [teams.pk, phone.pk], "usage_location": ""}
    )
    assert "Set the usage location first" in errors(response)["licenses"][0]
    assert nobody_was_added()


def test_other_customers_subscription_is_no_choice(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    theirs = SubscriptionFactory.create(customer=cast.northwind)
    assert list(errors(client.post(address, {**form, "licenses": [theirs.pk]}))) == ["licenses"]


def test_a_customer_without_subscriptions_says_what_to_do(
    client: Client, cast: Cast, address: str
) -> None:
    page = client.get(address).content.decode()
    assert f'href="/customers/{cast.contoso.pk}/subscriptions/add/"' in page


def test_the_same_form_twice_is_one_person_and_one_result(
    client: Client, address: str, form: Data
) -> None:
    first, second = client.post(address, form), client.post(address, form)
    assert first["Location"] == second["Location"]
    assert User.objects.filter(username__startswith="nora").count() == 1
    assert CredentialSheet.objects.get().people == 1


def test_after_back_another_user_name_is_another_person(
    client: Client, address: str, form: Data
) -> None:
    client.post(address, form)
    client.post(address, {**form, "user_name": "nora2"})
    assert User.objects.filter(username__startswith="nora").count() == 2


def test_save_and_add_another_collects_a_set(
    client: Client, cast: Cast, address: str, form: Data, teams: Subscription
) -> None:
    DomainFactory.create(customer=cast.contoso, name="a.example")
    chosen = {"licenses": [teams.pk], f"shown_{teams.pk}": "CHAT CALLS"}
    data = {
        **form,
        **chosen,
        f"services_{teams.pk}": ["CALLS"],
        "usage_location": "NO",
        "permission": "limited",
        "limited_roles": [Role.BILLING_ADMIN],
        "city": "Oslo",
    }
    response = client.post(address, {**data, "another": "yes"})
    sheet = CredentialSheet.objects.get()
    assert response["Location"] == f"{address}?sheet={sheet.pk}&like={added().pk}"
    page = client.get(response["Location"])
    next_form = page.context["form"]
    assert "Nora Ek was added." in page.content.decode()
    assert "1 person is in this set." in page.content.decode()
    kept = ["domain", "usage_location", "permission", "limited_roles"]
    assert [next_form[name].value() for name in kept] == [
        cast.contoso.domains.get(name="contoso.example").pk,
        "NO",
        "limited",
        [Role.BILLING_ADMIN],
    ]
    [option] = next_form.options
    assert (option.chosen, [plan.is_on for plan in option.plans]) == (True, [True, False])
    for name in ("first_name", "display_name", "user_name", "city"):
        assert not next_form[name].value(), name
    again = read_form(client, response["Location"]) | {**PERSON, "user_name": "nora.two"}
    response = client.post(response["Location"], again)
    assert response["Location"] == f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/"
    names = [slip.user_name for slip in slips_for_mail(CredentialSheet.objects.get())]
    assert names == ["nora.ek@contoso.example", "nora.two@contoso.example"]


def test_save_and_add_another_twice_is_one_person(client: Client, address: str, form: Data) -> None:
    data = {**form, "another": "yes"}
    assert client.post(address, data)["Location"] == client.post(address, data)["Location"]
    assert CredentialSheet.objects.get().people == 1


def test_a_seat_that_ran_out_is_not_taken_over_and_said(
    client: Client, cast: Cast, address: str, teams: Subscription
) -> None:
    holders = UserFactory.create_batch(3, customer=cast.contoso)
    assign(teams, *holders)
    page = client.get(address, {"like": holders[0].pk})
    assert page.context["form"].not_taken_over == ["Teams"]
    assert "Not taken over" in page.content.decode()
    assert not page.context["form"].options[0].chosen


def test_only_ones_own_open_set_of_this_customer_is_added_to(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    reset = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    theirs = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.gail).sheet
    CredentialSheet.objects.filter(pk=theirs.pk).update(kind=SheetKind.ADDED)
    for pk in (reset.pk, theirs.pk, 999_999, "x"):
        assert client.get(address, {"sheet": pk}).context["sheet"] is None
    client.post(f"{address}?sheet={theirs.pk}", form)
    assert CredentialSheet.objects.get(pk=theirs.pk).people == 1


def test_likeness_of_strangers_is_ignored(client: Client, cast: Cast, address: str) -> None:
    stranger = UserFactory.create(customer=cast.adatum, usage_location="JP")
    page = client.get(address, {"like": stranger.pk})
    assert page.context["form"]["usage_location"].value() == "US"


def test_the_log_names_the_deed_and_no_password(
    client: Client, cast: Cast, address: str, form: Data
) -> None:
    client.post(address, form)
    [slip] = slips_for_mail(CredentialSheet.objects.get())
    event = AuditEvent.objects.get(action=Action.USER_ADDED)
    assert (event.actor_id, event.target_id) == (cast.alice.pk, added().pk)
    for row in AuditEvent.objects.select_related("names"):
        assert slip.password not in f"{row.changes}{row.names.changes}"


def test_queries_of_the_page_do_not_grow_with_the_subscriptions(
    client: Client, cast: Cast, address: str, teams: Subscription
) -> None:
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        page = client.get(address)
    assert problems(page.content.decode()) == []
    for plans in (["A"], ["B", "C"]):
        SubscriptionFactory.create(
            customer=cast.contoso, product=ProductFactory.create(plans=plans)
        )
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert len(page.context["form"].options) == 3
    assert len(three) == len(one)
