"""Who sends an email, and where replies go."""

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
