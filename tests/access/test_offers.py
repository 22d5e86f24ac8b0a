"""What pages offer: every link and form that someone finds, followed from the first page on.

An action that is not one's role's is absent, or its page says who can: no link leads to a refusal.
"""

from collections import Counter, deque
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from justhtml import JustHTML

from accounts.models import User
from accounts.services.users import block_users, delete_users
from customers.roles import Role
from tests.factories import UserFactory
from tests.support.access import World, read_out, signed_in, undone

# Of one kind of page so many are looked at: lists link to many alike.
ALIKE = 2
# Signing out is everyone's, and would be the end of the walk.
NOT_FOLLOWED = {"", "account_logout"}


@pytest.fixture
def life(world: World) -> World:
    """So that there is something on the pages: an administrator, one blocked, one deleted."""
    contoso = world.cast.contoso
    blocked, deleted, _boss = (
        UserFactory.create(customer=contoso),
        UserFactory.create(customer=contoso, roles=[Role.USER_ADMIN]),
        UserFactory.create(customer=contoso, roles=[Role.GLOBAL_ADMIN]),
    )
    block_users([blocked], customer=contoso, actor=world.cast.alice)
    delete_users([deleted], customer=contoso, actor=world.cast.alice)
    return world


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_no_page_leads_to_what_the_role_does_not_have(role: Role | None, life: World) -> None:
    users = [life.user_with(role)] + ([life.cast.uma] if role is None else [])
    for user in users:
        seen, wrong = walk(user)
        assert wrong == []
        assert {"accounts:me", "account_change_password"} <= seen


def walk(user: User) -> tuple[set[str], list[tuple[str, str]]]:
    """The names of the addresses that were found, and the offers that were refused, with where."""
    # A user without a password of their own is led elsewhere; this one fits nothing.
    User.objects.filter(pk=user.pk).update(password="argon2$none")
    client, wrong, looked = signed_in(user), [], Counter[str]()
    todo, known = deque([("get", "/", "")]), {("get", "/")}
    while todo:
        method, url, found_on = todo.popleft()
        kind = f"{method} {name_of(url)}"
        if looked[kind] >= ALIKE:
            continue
        looked[kind] += 1
        with undone():
            page = client.get(url, follow=True) if method == "get" else client.post(url)
        read_out(page)
        if page.status_code == HTTPStatus.FORBIDDEN or (
            method == "get" and page.status_code == HTTPStatus.NOT_FOUND
        ):
            wrong.append((found_on, f"{method} {url}"))
        if method == "get" and "text/html" in page.headers["Content-Type"]:
            here = page.redirect_chain[-1][0] if page.redirect_chain else url
            for offer in offers(page.content, here) - known:
                known.add(offer)
                todo.append((*offer, here))
    return {kind.partition(" ")[2] for kind in looked}, wrong


def offers(content: bytes, here: str) -> set[tuple[str, str]]:
    """Method and address of each link and form to the portal's own pages."""
    page: Any = JustHTML(content.decode(), sanitize=False)
    links = [element.attrs["href"] for element in page.query("a[href]")]
    found = {("get", urljoin(here, href).partition("#")[0]) for href in links}
    for form in page.query("form"):
        if form.attrs.get("method") == "post":
            targets = [form.attrs.get("action") or here]
            buttons = form.query("button[formaction]")
            targets += [button.attrs["formaction"] for button in buttons]
            found |= {("post", urljoin(here, target)) for target in targets}
    return {offer for offer in found if name_of(offer[1]) not in NOT_FOLLOWED}


def name_of(url: str) -> str:
    """What the address is called; "" for one that is not a page of the portal."""
    parts = urlsplit(url)
    if parts.scheme or parts.path.startswith(("/static/", "/admin/")):
        return ""
    try:
        return resolve(parts.path).view_name
    except Resolver404:
        return "unknown"
