"""The form of an application: what it takes, and what it says at which field."""

from typing import Any

import pytest
from django.http import QueryDict

from applications.forms.applications import ApplicationForm
from applications.models import Icon
from applications.services.applications import Facts, add_application
from customers.errors import Refused
from licensing.models import Product
from tests.applications.conftest import Chat
from tests.factories import ProductFactory
from tests.support.cast import Cast

WIKI: dict[str, Any] = {
    "name": "Wiki",
    "icon": "grid",
    "start_url": "https://wiki.example/",
    "entry": "everyone",
    "reach": "all",
    "kind": "confidential",
    "needs_pkce": "on",
}


def sent(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in {**WIKI, **values}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def errors(cast: Cast, **values: Any) -> dict[str, list[str]]:
    form = ApplicationForm(sent(**values), partner=cast.fabrikam)
    return {name: [str(text) for text in texts] for name, texts in form.errors.items()}


def test_what_is_typed_becomes_the_facts(cast: Cast, chat: Chat) -> None:
    form = ApplicationForm(
        sent(
            name=" Team\u200bChat ",
            icon="chat-dots",
            entry="licensed",
            plans=[str(chat.plan.pk)],
            reach="some",
            customers=[str(cast.contoso.pk)],
            redirect_uris=" https://wiki.example/a \r\n\r\nhttps://wiki.example/b\nhttps://wiki.example/a",
            logout_uri="https://wiki.example/logout",
            kind="public",
            extra_claims=["office", "department"],
        ),
        partner=cast.fabrikam,
    )
    assert form.errors == {}
    assert form.facts() == Facts(
        name="TeamChat",
        start_url="https://wiki.example/",
        icon=Icon.CHAT,
        everyone=False,
        plans=[chat.plan],
        all_customers=False,
        customers=[cast.contoso],
        redirect_uris=["https://wiki.example/a", "https://wiki.example/b"],
        post_logout_redirect_uris=[],
        logout_uri="https://wiki.example/logout",
        is_public=True,
        needs_pkce=True,
        extra_claims=["office", "department"],
    )


@pytest.mark.parametrize(
    "field, values",
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 61}),
        ("icon", {"icon": "../../x"}),
        ("start_url", {"start_url": "http://wiki.example/"}),
        ("start_url", {"start_url": "javascript:alert(1)"}),
        ("plans", {"entry": "licensed"}),
        ("plans", {"entry": "licensed", "plans": ["8000000000"]}),
        ("plans", {"entry": "licensed", "plans": ["x"]}),
        ("customers", {"reach": "some"}),
        ("redirect_uris", {"redirect_uris": "https://wiki.example/#x"}),
        ("redirect_uris", {"redirect_uris": "https://wiki.example/\nftp://wiki.example/"}),
        (
            "redirect_uris",
            {"redirect_uris": "\n".join(f"https://wiki.example/{n}" for n in range(21))},
        ),
        ("post_logout_redirect_uris", {"post_logout_redirect_uris": "//elsewhere.example/"}),
        ("logout_uri", {"logout_uri": "http://10.0.0.1/"}),
        ("kind", {"kind": "secret"}),
        ("extra_claims", {"extra_claims": ["password"]}),
    ],
)
def test_what_can_not_be_is_told_at_its_field(
    field: str, values: dict[str, Any], cast: Cast
) -> None:
    assert list(errors(cast, **values)) == [field]


@pytest.mark.parametrize("odd", ["\ud800", "a\0b", "\u202e", "<b>"])
def test_what_is_no_text_can_be_shown_again(odd: str, cast: Cast) -> None:
    """Whatever was sent: a page is written in UTF-8."""
    names = [*WIKI, "plans", "customers", "redirect_uris", "logout_uri", "extra_claims", "seen"]
    form = ApplicationForm(sent(**dict.fromkeys(names, odd)), partner=cast.fabrikam)
    assert not form.is_valid()
    assert "<b>" not in str(form)
    f"{form}".encode()


def test_the_customers_to_choose_from_are_the_partners_own(cast: Cast) -> None:
    [told] = errors(cast, reach="some", customers=[str(cast.adatum.pk)]).items()
    assert told[0] == "customers"


def test_a_plan_that_is_no_longer_offered_stays_where_it_was_chosen(cast: Cast, chat: Chat) -> None:
    Product.objects.update(is_offered=False)
    values = {"entry": "licensed", "plans": [str(chat.plan.pk)]}
    assert list(errors(cast, **values)) == ["plans"]
    form = ApplicationForm(sent(**values), partner=cast.fabrikam, application=chat.application)
    assert form.errors == {}


def test_an_application_comes_into_the_form_as_it_is_and_out_unchanged(cast: Cast) -> None:
    facts = Facts(
        name="Wiki",
        start_url="https://wiki.example/",
        all_customers=False,
        customers=[cast.contoso],
        everyone=True,
        plans=[],
        redirect_uris=["https://wiki.example/a", "https://wiki.example/b"],
        post_logout_redirect_uris=["https://wiki.example/bye"],
        logout_uri="https://wiki.example/logout",
        needs_pkce=False,
        extra_claims=["office"],
    )
    application = add_application(facts, actor=cast.alice).application
    application.refresh_from_db()
    shown = ApplicationForm(partner=cast.fabrikam, application=application)
    data = QueryDict(mutable=True)
    for bound in shown:
        value = bound.value()
        if value in (None, False):
            continue
        many = bound.name in {"plans", "customers", "extra_claims"}
        texts = [getattr(one, "pk", one) for one in value] if many else [value]
        data.setlist(bound.name, [str(text) for text in texts])
    again = ApplicationForm(data, partner=cast.fabrikam, application=application)
    assert again.errors == {}
    assert again.facts() == facts


def test_a_refusal_is_told_at_its_field_or_above_all(cast: Cast) -> None:
    form = ApplicationForm(sent(), partner=cast.fabrikam)
    assert form.is_valid()
    form.refuse(Refused("Taken.", code="application-name-taken", field="name"))
    form.refuse(Refused("Changed.", code="application-changed"))
    assert form.errors == {"name": ["Taken."], "__all__": ["Changed."]}


def test_own_services_are_offered_first_and_another_partners_are_not(
    cast: Cast, chat: Chat
) -> None:
    own = ProductFactory.create(partner=cast.fabrikam, name="Whiteboard", plans=["BOARD"])
    theirs = ProductFactory.create(partner=cast.litware, plans=["THEIRS"]).plans.get()
    form = ApplicationForm(partner=cast.fabrikam)
    offered: Any = form.fields["plans"]
    assert next(iter(offered.queryset)) == own.plans.get()
    assert theirs not in offered.queryset
    wrong = errors(cast, entry="licensed", plans=[str(theirs.pk)])
    assert wrong == {"plans": ["Choose from the list."]}
