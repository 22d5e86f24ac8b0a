"""The team's pages: their addresses, and a new user as Alice adds them."""

from typing import Any

from django.test import Client

from accounts.models import User
from customers.roles import Role
from tests.support.forms import Fields, fields, read


def address(user: User, action: str = "") -> str:
    return f"/team/{user.pk}/" + (f"{action}/" if action else "")


def add(client: Client, **changed: object) -> Any:
    sent: Fields = fields(read(client, "/team/add/"))
    values = {
        "first_name": "Dora",
        "last_name": "Lind",
        "user_name": "dora",
        "roles": [Role.SALES_AGENT.value],
    }
    return client.post("/team/add/", {**sent, **values, **changed})


def shown_password(client: Client, url: str) -> str:
    return str(client.get(url).context["slip"].password)
