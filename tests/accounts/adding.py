"""Add user: what the pages' tests have in common."""

from typing import Any

from django.test import Client

from accounts.models import CredentialSheet, User
from customers.models import Batch

Data = dict[str, Any]
NEW_USER = {
    "first_name": "Nora",
    "last_name": "Ek",
    "display_name": "Nora Ek",
    "user_name": "nora.ek",
}


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
