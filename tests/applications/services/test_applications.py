"""Applications are added, changed, switched, given secrets and removed; nobody else's are."""

import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from allauth.idp.oidc.models import Client, Token

from applications.models import Application, AppSession
from applications.services.applications import (
    Facts,
    add_application,
    change_application,
    remove_application,
    renew_secret,
    switch_application,
    version_of,
)
from customers.errors import Refused
from customers.models import AuditEvent, AuditNames
from licensing.services.own_products import OwnFacts, change_own_product, remove_own_product
from tests.applications.conftest import Chat
from tests.factories import ApplicationFactory, AppSessionFactory, ProductFactory
from tests.support.cast import Cast
from tests.support.threads import together

REDIRECT = "https://wiki.example.com/callback"
WIKI = Facts(
    name="Wiki",
    start_url="https://wiki.example.com/",
    everyone=True,
    redirect_uris=[REDIRECT],
    logout_uri="https://wiki.example.com/logout",
)


def last_event() -> tuple[str, dict[str, Any]]:
    event = AuditEvent.objects.latest("pk")
    return event.action, event.changes


def test_a_new_application_has_a_client_and_a_secret_of_letters_and_digits(cast: Cast) -> None:
    added = add_application(WIKI, actor=cast.alice)
    application, client = added.application, added.application.client
    assert (application.partner, application.is_on) == (cast.fabrikam, True)
    assert client is not None
    assert re.fullmatch(r"[A-Za-z0-9]{24}", client.pk)
    assert re.fullmatch(r"[A-Za-z0-9]{48}", added.secret)
    assert client.check_secret(added.secret)
    assert (client.type, client.skip_consent, client.owner) == ("confidential", True, None)
    assert client.get_redirect_uris() == [REDIRECT]
    assert client.get_grant_types() == ["authorization_code", "refresh_token"]
    assert client.get_response_types() == ["code"]


def test_the_secret_is_kept_as_a_fast_hash_and_stands_nowhere_else(cast: Cast) -> None:
    added = add_application(WIKI, actor=cast.alice)
    renewed = renew_secret(added.application, actor=cast.alice)
    stored = Client.objects.get().secret
    assert stored.startswith("generated_sha256$")
    everything = [
        *AuditEvent.objects.values_list("changes", flat=True),
        *AuditNames.objects.values_list("changes", flat=True),
        *Application.objects.values(),
        *Client.objects.values(),
    ]
    for secret in (added.secret, renewed):
        assert secret not in str(everything)
        assert secret not in repr(added)


def test_a_public_application_has_no_secret_and_always_pkce(cast: Cast) -> None:
    added = add_application(replace(WIKI, is_public=True, needs_pkce=False), actor=cast.alice)
    client = Client.objects.get()
    assert (added.secret, client.type, added.application.needs_pkce) == ("", "public", True)
    assert not client.check_secret("")
    with pytest.raises(Refused) as refused:
        renew_secret(added.application, actor=cast.alice)
    assert refused.value.code == "application-without-secret"


def test_without_a_redirect_address_nobody_signs_in_until_there_is_one(cast: Cast) -> None:
    added = add_application(replace(WIKI, redirect_uris=[]), actor=cast.alice)
    assert (added.secret, added.application.client) == ("", None)
    changes, secret = change_application(added.application, WIKI, actor=cast.alice)
    assert Client.objects.get().check_secret(secret)
    assert "redirect_uris" in changes


def test_what_becomes_confidential_gets_a_secret_and_what_becomes_public_loses_it(
    cast: Cast,
) -> None:
    added = add_application(WIKI, actor=cast.alice)
    public = replace(WIKI, is_public=True)
    assert change_application(added.application, public, actor=cast.alice)[1] == ""
    assert not Client.objects.get().check_secret(added.secret)
    secret = change_application(added.application, WIKI, actor=cast.alice)[1]
    assert Client.objects.get().check_secret(secret)
    assert secret != added.secret


def test_a_new_secret_ends_the_old_one(cast: Cast) -> None:
    added = add_application(WIKI, actor=cast.alice)
    secret = renew_secret(added.application, actor=cast.alice)
    client = Client.objects.get()
    assert (client.check_secret(secret), client.check_secret(added.secret)) == (True, False)
    assert last_event() == ("application.secret_renewed", {})


def test_a_change_keeps_client_and_secret_and_is_told_field_by_field(
    cast: Cast, chat: Chat
) -> None:
    added = add_application(WIKI, actor=cast.alice)
    wanted = replace(
        WIKI,
        name="Handbook",
        everyone=False,
        plans=[chat.plan],
        all_customers=False,
        customers=[cast.contoso, cast.northwind],
        post_logout_redirect_uris=["https://wiki.example.com/bye"],
        extra_claims=["office"],
    )
    changes, secret = change_application(added.application, wanted, actor=cast.alice)
    assert secret == ""
    assert changes == {
        "name": ["Wiki", "Handbook"],
        "opened_by": ["everyone", "TEAMS: CHAT"],
        "customers": ["all", "Contoso, Northwind"],
        "extra_claims": ["", "office"],
        "post_logout_redirect_uris": ["", "https://wiki.example.com/bye"],
    }
    assert last_event() == ("application.changed", changes)
    client = Client.objects.get(pk=added.application.client_id)
    assert client.name == "Handbook"
    assert client.check_secret(added.secret)
    fresh = Application.objects.get(pk=added.application.pk)
    assert set(fresh.customers.all()) == {cast.contoso, cast.northwind}
    assert list(fresh.plans.all()) == [chat.plan]
    # Back again: nothing is left of what had been chosen.
    change_application(fresh, WIKI, actor=cast.alice)
    assert not fresh.customers.exists()
    assert not fresh.plans.exists()


def test_a_change_of_nothing_is_no_event(cast: Cast) -> None:
    added = add_application(WIKI, actor=cast.alice)
    before = AuditEvent.objects.count()
    assert change_application(added.application, WIKI, actor=cast.alice) == ({}, "")
    assert AuditEvent.objects.count() == before


def test_what_someone_else_has_changed_is_not_written_over(cast: Cast) -> None:
    application = add_application(WIKI, actor=cast.alice).application
    seen = version_of(Application.objects.get(pk=application.pk))
    change_application(application, replace(WIKI, name="Handbook"), actor=cast.alice, seen=seen)
    with pytest.raises(Refused) as refused:
        change_application(application, WIKI, actor=cast.alice, seen=seen)
    assert refused.value.code == "application-changed"
    assert Application.objects.get(pk=application.pk).name == "Handbook"


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no plan": ({"everyone": False}, "application-opened-by-nothing", "plans"),
    "no customer": ({"all_customers": False}, "choice-wrong", "customers"),
    "no name": ({"name": "  "}, "choice-wrong", ""),
    "no such icon": ({"icon": "../x"}, "choice-wrong", ""),
    "no such claim": ({"extra_claims": ["password"]}, "choice-wrong", ""),
    "a start at http": ({"start_url": "http://wiki.example.com/"}, "address-wrong", "start_url"),
    "a redirect with a #": (
        {"redirect_uris": [f"{REDIRECT}#x"]},
        "address-wrong",
        "redirect_uris",
    ),
    "a logout address that is a script": (
        {"logout_uri": "javascript:alert(1)"},
        "address-wrong",
        "logout_uri",
    ),
    **{
        f"a logout address inside of a network, {url}": (
            {"logout_uri": url},
            "address-not-public",
            "logout_uri",
        )
        for url in ("https://169.254.169.254/latest", "https://10.0.0.1/", "https://[::1]/")
    },
    "a redirect after logout to a whole domain": (
        {"post_logout_redirect_uris": ["https://*.example.com/"]},
        "address-wrong",
        "post_logout_redirect_uris",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_no_application_can_be_is_refused_at_its_field(what: str, cast: Cast) -> None:
    values, code, field = WRONG[what]
    with pytest.raises(Refused) as refused:
        add_application(replace(WIKI, **values), actor=cast.alice)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Application.objects.exists()
    assert not Client.objects.exists()


def test_an_old_logout_address_inside_of_a_network_stands_in_no_other_changes_way(
    cast: Cast,
) -> None:
    application = add_application(WIKI, actor=cast.alice).application
    Application.objects.filter(pk=application.pk).update(logout_uri="https://10.0.0.1/out")
    old = replace(WIKI, name="Handbook", logout_uri="https://10.0.0.1/out")
    changes, _secret = change_application(application, old, actor=cast.alice)
    assert changes == {"name": [WIKI.name, "Handbook"]}
    for typed in ("https://10.0.0.1/other", "https://10.0.0.2/out", "HTTPS://10.0.0.1/out"):
        with pytest.raises(Refused) as refused:
            change_application(application, replace(old, logout_uri=typed), actor=cast.alice)
        assert (refused.value.code, refused.value.field) == ("address-not-public", "logout_uri")
    away = replace(old, logout_uri="")
    assert change_application(application, away, actor=cast.alice)[0].keys() == {"logout_uri"}
    with pytest.raises(Refused):
        change_application(application, old, actor=cast.alice)


def test_another_partners_customer_cannot_be_chosen(cast: Cast) -> None:
    wanted = replace(WIKI, all_customers=False, customers=[cast.contoso, cast.adatum])
    with pytest.raises(Refused) as refused:
        add_application(wanted, actor=cast.alice)
    assert (refused.value.code, refused.value.field) == ("customer-not-yours", "customers")


def test_a_name_is_given_once_by_each_partner_whatever_its_case(cast: Cast) -> None:
    add_application(WIKI, actor=cast.alice)
    with pytest.raises(Refused) as refused:
        add_application(replace(WIKI, name="WIKI"), actor=cast.alice)
    assert (refused.value.code, refused.value.field) == ("application-name-taken", "name")
    add_application(WIKI, actor=cast.charlie)
    other = add_application(replace(WIKI, name="Other"), actor=cast.alice).application
    with pytest.raises(Refused):
        change_application(other, WIKI, actor=cast.alice)
    assert Application.objects.get(pk=other.pk).name == "Other"


def test_it_is_switched_off_and_on_and_told_once_each(cast: Cast) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam)
    assert switch_application(application, on=False, actor=cast.alice)
    assert last_event() == ("application.switched", {"is_on": [True, False]})
    assert not switch_application(application, on=False, actor=cast.alice)
    assert switch_application(application, on=True, actor=cast.alice)
    assert AuditEvent.objects.count() == 2


def test_a_removed_application_leaves_no_client_no_token_and_no_session(cast: Cast) -> None:
    application = add_application(WIKI, actor=cast.alice).application
    other = add_application(replace(WIKI, name="Other"), actor=cast.alice).application
    for row in (application, other):
        AppSessionFactory.create(application=row, user=cast.uma)
        Token.objects.create(type="at", hash=f"hash-{row.pk}", client=row.client, user=cast.uma)
    remove_application(application, actor=cast.alice)
    assert last_event() == ("application.removed", {"name": "Wiki"})
    assert list(Application.objects.all()) == [other]
    assert [client.pk for client in Client.objects.all()] == [other.client_id]
    assert [token.client_id for token in Token.objects.all()] == [other.client_id]
    assert [session.application for session in AppSession.objects.all()] == [other]


def test_what_was_removed_meanwhile_is_told_to_be_gone(cast: Cast) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam)
    remove_application(application, actor=cast.alice)
    with pytest.raises(Refused) as refused:
        switch_application(application, on=False, actor=cast.alice)
    assert refused.value.code == "application-gone"


def test_another_partners_application_is_out_of_reach(cast: Cast) -> None:
    application = ApplicationFactory.create(partner=cast.fabrikam)
    tries = (
        lambda: switch_application(application, on=False, actor=cast.charlie),
        lambda: change_application(application, WIKI, actor=cast.charlie),
        lambda: renew_secret(application, actor=cast.charlie),
        lambda: remove_application(application, actor=cast.charlie),
    )
    for attempt in tries:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "application-of-others"
    assert Application.objects.get().is_on


def test_support_staff_say_whose_it_is(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        add_application(WIKI, actor=cast.support)
    assert refused.value.code == "staff-only"
    added = add_application(WIKI, actor=cast.support, partner=cast.litware)
    assert added.application.partner == cast.litware
    with pytest.raises(Refused) as refused:
        add_application(WIKI, actor=cast.alice, partner=cast.litware)
    assert refused.value.code == "application-of-others"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_service_removed_while_it_is_chosen_is_told_or_stays(cast: Cast) -> None:
    """Whoever is first: the other one is refused as one who comes later is."""
    changed = add_application(WIKI, actor=cast.alice).application
    for number in range(6):
        product = ProductFactory.create(partner=cast.fabrikam, plans=["A", "B"])
        plan = product.plans.select_related("product").get(code="A")
        facts = replace(WIKI, name=f"Wiki {number}", everyone=False, plans=[plan])
        without = OwnFacts(product.name, {"B": "Second"})
        chosen, removed = together(
            partial(add_application, facts, actor=cast.alice)
            if number % 2
            else partial(change_application, changed, facts, actor=cast.alice),
            partial(change_own_product, product, without, actor=cast.alice)
            if number % 3
            else partial(remove_own_product, product, actor=cast.alice),
        )
        told = {each.code for each in (chosen, removed) if isinstance(each, Refused)}
        assert told in ({"service-plan-gone"}, {"service-plan-in-use"}, {"product-in-use"}) or (
            told == {"product-gone"}
        )
        assert plan.product.plans.filter(code="A").exists() is isinstance(removed, Refused)
        change_application(changed, WIKI, actor=cast.alice)
