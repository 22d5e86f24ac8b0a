"""An application registered from a script: what is printed, and what is refused."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from applications.models import Application
from customers.models import AuditEvent
from tests.applications.conftest import Chat
from tests.factories import ProductFactory
from tests.support.cast import Cast

WIKI = (
    *("Wiki", "--partner", "fabrikam.example"),
    *("--redirect-uri", "https://wiki.example:8443/callback"),
)


def add(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    call_command("add_application", *WIKI, *options)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_client_id_and_secret_are_printed_as_json(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    told = add(capsys, "--everyone")
    application = Application.objects.select_related("client").get()
    assert told.keys() == {"application", "client_id", "client_secret"}
    assert (told["application"], told["client_id"]) == (application.pk, application.client_id)
    assert application.client is not None
    assert application.client.check_secret(told["client_secret"])
    assert application.client.get_redirect_uris() == ["https://wiki.example:8443/callback"]
    assert (application.partner, application.everyone) == (cast.fabrikam, True)
    assert application.start_url == "https://wiki.example:8443/"
    assert AuditEvent.objects.get().actor_id == cast.support.pk


def test_plans_customers_and_addresses_are_taken_by_name(
    cast: Cast, chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    told = add(
        capsys,
        *("--plan", "CHAT", "--plan", "CALLS", "--customer", "contoso.example", "--public"),
        *("--start-url", "https://wiki.example/start", "--icon", "journal-text"),
        *("--logout-uri", "https://wiki.example/logout", "--as", "ALICE@fabrikam.example"),
    )
    application = Application.objects.get(pk=told["application"])
    assert "client_secret" not in told
    assert set(application.plans.all()) == set(chat.product.plans.all())
    assert list(application.customers.all()) == [cast.contoso]
    assert (application.start_url, application.icon) == (
        "https://wiki.example/start",
        "journal-text",
    )
    assert AuditEvent.objects.get().actor_id == cast.alice.pk


@pytest.mark.parametrize(
    "options, told",
    [
        (("--everyone", "--partner", "nobody.example"), "No partner has the domain"),
        (("--plan", "NONE"), "No service plan has the code NONE"),
        (("--everyone", "--customer", "adatum.example"), "No customer of Fabrikam"),
        (("--everyone", "--as", "nobody@fabrikam.example"), "Say by --as who does it"),
        (("--everyone", "--as", "bob@fabrikam.example"), "Your role can't do this"),
        (("--everyone", "--redirect-uri", "http://wiki.example/"), "The address begins with https"),
    ],
)
def test_what_can_not_be_is_refused_in_words(
    options: tuple[str, ...], told: str, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match=told):
        add(capsys, *options)
    assert not Application.objects.exists()


def test_a_plan_of_the_partners_own_goes_before_others_of_its_code(
    cast: Cast, chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ProductFactory.create(partner=cast.fabrikam, plans=["CHAT"])
    ProductFactory.create(partner=cast.litware, plans=["CHAT", "THEIRS"])
    told = add(capsys, "--plan", "CHAT", "--plan", "CALLS")
    application = Application.objects.get(pk=told["application"])
    assert set(application.plans.all()) == {own.plans.get(), chat.product.plans.get(code="CALLS")}
    with pytest.raises(CommandError, match="No service plan has the code THEIRS"):
        call_command("add_application", "Other", *WIKI[1:], "--plan", "THEIRS")
