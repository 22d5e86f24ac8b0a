"""What is done to several users: the pages' addresses and their forms."""

from typing import Any

from django.test import Client

from accounts.models import User
from accounts.services import selections
from customers.models import Customer
from tests.support.cast import Cast
from tests.support.forms import Fields, fields, read


def base(customer: Customer, page: str) -> str:
    return f"/customers/{customer.pk}/users/{page}/"


def of(page: str, *users: User) -> str:
    query = "&".join(f"user={user.pk}" for user in users)
    return f"{base(users[0].customer, page)}?{query}"  # type: ignore[arg-type]


def by_ids(cast: Cast, page: str, *users: User, token: str = "t") -> str:
    """A selection of Alice's, as the list makes it."""
    ids = [user.pk for user in users]
    selections.choose(token, shown=ids, chosen=ids, customer=cast.contoso, actor=cast.alice)
    return f"{base(cast.contoso, page)}?s={token}"


def by_filter(cast: Cast, page: str, q: str) -> str:
    selections.choose_all("t", query={"q": q}, customer=cast.contoso, actor=cast.alice)
    return f"{base(cast.contoso, page)}?s=t"


def send(client: Client, url: str, sent: Fields | None = None, **more: str) -> Any:
    """The page's own form, with these values."""
    return client.post(url, {**(sent or fields(read(client, url))), **more})
