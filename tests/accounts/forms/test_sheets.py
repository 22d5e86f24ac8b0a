"""To whom a sheet's passwords can be mailed: only where there is an address."""

import pytest
from django.http import QueryDict

from accounts.forms.sheets import MailForm
from accounts.models import MailTo, User
from customers.models import Customer


def form_of(sent: str | None = None, *, contact: str = "", have: int = 0, of: int = 3) -> MailForm:
    return MailForm(
        QueryDict(sent) if sent is not None else None,
        actor=User(user_name="alice@fabrikam.example", username="alice@fabrikam.example"),
        customer=Customer(contact_email=contact),
        users=of,
        with_address=have,
    )


def choices(form: MailForm) -> dict[str, str]:
    return dict(form.fields["to"].choices)  # type: ignore[attr-defined]


def test_oneself_is_always_a_choice_and_named_with_the_address() -> None:
    assert choices(form_of()) == {MailTo.SELF: "Me, alice@fabrikam.example"}


def test_the_contact_is_one_where_the_customer_has_one() -> None:
    found = choices(form_of(contact="it@contoso.example"))
    assert found[MailTo.CONTACT] == "The customer's contact, it@contoso.example"


@pytest.mark.parametrize("have, verb", [(1, "has"), (2, "have"), (3, "have")])
def test_users_get_their_own_where_some_have_an_address(have: int, verb: str) -> None:
    found = choices(form_of(have=have))
    assert found[MailTo.USER] == f"Each user's alternate email: {have} of 3 {verb} one"


@pytest.mark.parametrize("to", [MailTo.CONTACT, MailTo.USER, "nobody"])
def test_what_is_not_offered_can_not_be_sent(to: str) -> None:
    assert list(form_of(f"to={to}").errors) == ["to"]


def test_a_choice_has_to_be_made() -> None:
    assert form_of("").errors == {"to": ["Choose whom to send the passwords to."]}
    form = form_of("to=self", contact="it@contoso.example", have=1)
    assert form.is_valid()
    assert form.cleaned_data == {"to": MailTo.SELF}
