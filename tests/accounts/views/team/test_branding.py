"""Help contact: whom the partner's users call."""

import pytest
from django.test import Client

from customers.models import AuditEvent, Partner
from tests.support.cast import Cast
from tests.support.html import problems

PAGE = "/team/branding/"
PHONE = "+1 555 0100"


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def sent(client: Client, **changed: str) -> dict[str, str]:
    """What the page's form sends, as it opened."""
    form = client.get(PAGE).context["form"]
    return {name: str(form[name].value() or "") for name in form.fields} | changed


def test_it_is_saved_cleared_and_in_the_log(alice: Client, cast: Cast) -> None:
    assert problems(alice.get(PAGE).content.decode()) == []
    contact = {"help_phone": PHONE, "help_email": "help@fabrikam.example", "help_note": "8 to 17"}
    response = alice.post(PAGE, sent(alice, **contact), follow=True)
    assert "Branding and help contact are saved." in response.content.decode()
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_line == f"{PHONE} · help@fabrikam.example · 8 to 17"
    event = AuditEvent.objects.get(action="partner.changed")
    assert event.changes["help_phone"] == ["", PHONE]
    again = alice.post(PAGE, sent(alice), follow=True)
    assert AuditEvent.objects.filter(action="partner.changed").count() == 1
    assert "Branding and help contact are saved." not in again.content.decode()
    alice.post(PAGE, sent(alice, help_phone="", help_email="", help_note=""))
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_line == ""


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("help_phone", "call me", "Enter a phone number such as +1 555 0100."),
        ("help_phone", "5" * 41, "Shorten this to 40 characters or fewer"),
        ("help_email", "help", "Enter an email address such as name@example.com."),
        ("help_note", "x" * 121, "Shorten this to 120 characters or fewer"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    alice: Client, cast: Cast, field: str, value: str, text: str
) -> None:
    response = alice.post(PAGE, sent(alice, **{field: value}))
    assert text in str(response.context["form"].errors[field])
    assert problems(response.content.decode()) == []
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_line == ""


def test_what_a_colleague_changed_meanwhile_needs_a_second_save(alice: Client, cast: Cast) -> None:
    opened = sent(alice, help_phone=PHONE)
    Partner.objects.filter(pk=cast.fabrikam.pk).update(help_phone="+46 8 1")
    response = alice.post(PAGE, opened)
    form = response.context["form"]
    assert "Someone else changed this to “+46 8 1”" in str(form.errors["help_phone"])
    again = {name: str(form[name].value() or "") for name in form.fields}
    alice.post(PAGE, again)
    cast.fabrikam.refresh_from_db()
    assert cast.fabrikam.help_phone == PHONE
