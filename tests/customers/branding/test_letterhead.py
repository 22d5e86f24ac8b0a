"""Who sends an email, and where replies go."""

from email import message_from_bytes, policy

import pytest
from pytest_django import Settings

from customers.branding.letterhead import email, sender_name
from customers.models import Partner


def test_it_comes_from_the_partner_and_replies_go_to_the_help_contact(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "Portal <portal@portal.example>"
    partner = Partner(name="Fabrikam", brand_name="Fabrikam\nCloud", help_email="help@f.example")
    mail = email(partner, subject="One\ntwo", body="Text", to="uma@contoso.example")
    assert mail.from_email == "Fabrikam Cloud <portal@portal.example>"
    assert (mail.subject, mail.reply_to) == ("One two", ["help@f.example"])
    assert "\n" not in str(mail.message()["From"])


def test_without_a_name_of_its_own_it_is_the_partners_and_without_a_partner_the_portals() -> None:
    assert sender_name(Partner(name="Fabrikam")) == "Fabrikam"
    assert sender_name(None) == "Partner Portal"
    assert email(None, subject="", body="", to="support@portal.example").reply_to == []


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?Bank=0D=0ABcc=3A_x=40y.example?=",
        "=?utf-8?q?moc.elpmaxe=E2=80=AE?= Support",
        '=?=?utf-8?b?TWljcm9zb2Z0?= <security@bank.example>, "',
    ],
)
def test_a_name_in_a_header_is_read_as_it_was_typed(name: str) -> None:
    mail = email(Partner(name=name), subject=name, body="", to="uma@contoso.example")
    read = message_from_bytes(mail.message().as_bytes(), policy=policy.default)
    typed = name.replace("=?", "= ?")
    [sender] = read["From"].addresses
    assert (sender.display_name, str(read["Subject"])) == (typed, typed)
