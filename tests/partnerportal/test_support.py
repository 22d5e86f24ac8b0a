"""The admin's start page: whom Find a person finds, and under which headings the lists stand."""

from collections import Counter

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.functional import Promise

from accounts.services.users import block_users, delete_users
from partnerportal.support import GROUPS, find_people
from tests.factories import CustomerFactory, SupportFactory, UserFactory
from tests.support.cast import Cast
from tests.support.house import OUR_PACKAGES
from tests.support.html import problems

START = "/admin/"
MOST_QUERIES = 14
# Django's own, which are drawn where they are used.
SYMBOLS = ["<svg> that is neither a picture nor hidden"]


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def user_page(pk: int) -> str:
    return f"/admin/accounts/user/{pk}/change/"


def urls(text: str) -> list[str]:
    return [hit.url for hit in find_people(text).people]


def test_users_of_all_partners_are_found_by_what_they_are_called_and_reached_by(
    support: Client, cast: Cast
) -> None:
    ada, ben = (
        UserFactory.create(customer=customer, local_part=name, display_name=f"{name} Zuckmayer")
        for customer, name in ((cast.contoso, "ada"), (cast.adatum, "ben"))
    )
    details = {"alternate_email": "zoe.private@mail.example", "mobile_phone": "+49 171 5550188"}
    type(ada).objects.filter(pk=ada.pk).update(**details)
    block_users([ada], customer=cast.contoso, actor=cast.alice)
    assert set(urls("zuckmay")) == {user_page(ada.pk), user_page(ben.pk)}
    assert urls(ben.user_name) == [user_page(ben.pk)]
    for text in ("zoe.private@mail.example", "zoe.priv", "0171 5550188"):
        assert urls(text) == [user_page(ada.pk)]
    page = support.get(START, {"q": "zuckmayer"})
    html = page.content.decode()
    assert f'<a href="{user_page(ada.pk)}">ada Zuckmayer</a>' in html
    assert "Contoso · Fabrikam" in html
    assert "Sign-in blocked" in html
    assert problems(html) == SYMBOLS
    assert support.get(user_page(ada.pk)).status_code == 200


def test_a_user_is_found_beside_words_of_the_customers_name(cast: Cast) -> None:
    woodgrove = CustomerFactory.create(partner=cast.fabrikam, name="Woodgrove Bank")
    here, elsewhere = (
        UserFactory.create(customer=customer, display_name="Cleo Lind")
        for customer in (woodgrove, cast.contoso)
    )
    assert urls("cleo woodgrove") == [user_page(here.pk)]
    assert set(urls("cleo lind")) == {user_page(here.pk), user_page(elsewhere.pk)}
    assert urls("cleo nowhere") == []


def test_customers_staff_and_the_deleted_are_found_too(cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    [customer] = find_people("contoso").customers
    assert (customer.label, customer.customer) == ("Contoso", "Fabrikam")
    assert customer.url == f"/admin/customers/customer/{cast.contoso.pk}/change/"
    assert user_page(cast.alice.pk) in urls(cast.alice.user_name)
    assert user_page(cast.support.pk) in urls(cast.support.user_name)
    [gone] = find_people(cast.uma.user_name).people
    assert list(gone.marks) == ["Deleted"]


def test_what_finds_nobody_says_so(support: Client) -> None:
    html = support.get(START, {"q": "<b>xyz"}).content.decode()
    assert "Nothing found for “&lt;b&gt;xyz”" in html
    assert "Type three letters or more" in support.get(START, {"q": "zz"}).content.decode()
    assert "Nothing found" not in support.get(START, {"q": " \x00 "}).content.decode()


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    support: Client, cast: Cast
) -> None:
    for number in (1, 12):
        UserFactory.create_batch(number, customer=cast.contoso, last_name="Quill")
        with CaptureQueriesContext(connection) as queries:
            support.get(START, {"q": "quill"})
        assert len(queries) <= MOST_QUERIES


def test_support_staff_who_may_not_see_users_find_none(client: Client, cast: Cast) -> None:
    group = Group.objects.create(name="Batches")
    group.permissions.set(Permission.objects.filter(codename="view_batch"))
    reader = SupportFactory.create(is_superuser=False)
    reader.groups.add(group)
    client.force_login(reader)
    html = client.get(START, {"q": cast.uma.user_name}).content.decode()
    assert "Find a person" not in html
    assert cast.uma.user_name not in html
    assert "Actions and activity log" in html
    assert "Partners and customers" not in html


def test_each_list_stands_once_under_a_heading(support: Client) -> None:
    named = Counter(label for _name, labels in GROUPS for label in labels)
    assert named == Counter({model._meta.label: 1 for model in admin.site._registry})  # noqa: SLF001
    page = support.get(START)
    assert [group["name"] for group in page.context["app_list"]] == [name for name, _own in GROUPS]
    assert problems(page.content.decode()) == SYMBOLS
    # An app has its page still.
    assert [app["app_label"] for app in support.get("/admin/accounts/").context["app_list"]] == [
        "accounts"
    ]


def test_each_list_and_app_of_the_admin_has_a_name_that_is_translated() -> None:
    shown = filter(admin.site.is_registered, apps.get_models())
    ours = [model for model in shown if model.__module__.startswith(OUR_PACKAGES)]
    assert len(ours) > 40
    for model in ours:
        names = (model._meta.verbose_name, model._meta.verbose_name_plural)
        assert all(isinstance(name, Promise) for name in names), model
        assert isinstance(apps.get_app_config(model._meta.app_label).verbose_name, Promise), model


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["Stapelvorgänge", "Kennwortblätter", "Lizenzregeln", "Abonnements", "Kunden"]),
        ("fr", ["Lots", "Feuilles de mots de passe", "Règles de licence", "Abonnements"]),
        ("es", ["Lotes", "Hojas de contraseñas", "Reglas de licencia", "Suscripciones"]),
    ],
)
def test_the_start_page_and_those_of_a_list_are_in_the_viewers_language(
    support: Client, cast: Cast, language: str, words: list[str]
) -> None:
    type(cast.support).objects.filter(pk=cast.support.pk).update(language=language)
    start = support.get(START, headers={"accept-language": language}).content.decode()
    assert [word for word in words if f">{word}</a>" not in start] == []
    batches = support.get("/admin/customers/batch/", headers={"accept-language": language})
    assert words[0] in batches.content.decode()
    assert "Batches" not in batches.content.decode()
