"""The Nu HTML checker finds no error in any page, and would find one."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from tests.accounts.signin.second_steps import prove
from tests.support.nu import errors_in
from tests.support.pages import pages

GOOD = "<!doctype html><html lang=en><title>Users</title><p>5 users</p>"


@pytest.mark.slow
def test_the_nu_html_checker_finds_no_error_in_any_page(transactional_db: None) -> None:
    call_command("demo", "--customers", "4", "--users", "120", verbosity=0)
    texts: dict[str, str] = {}
    clients: dict[str, Client] = {}
    for page in pages():
        if page.who not in clients:
            clients[page.who] = Client()
            if user := User.objects.filter(username=page.who).first():
                clients[page.who].force_login(user)
                prove(clients[page.who], user)
        response = clients[page.who].get(page.url)
        assert response.status_code == page.status, page.url
        texts[f"{page.slug} {page.url}"] = response.content.decode()
    assert len(texts) > 150
    assert errors_in(texts) == {}


@pytest.mark.slow
def test_what_is_wrong_in_a_page_is_told_with_its_name() -> None:
    found = errors_in({"good": GOOD, "bad": GOOD.replace("<p>", "<p role=banner foo=1>")})
    assert found.keys() == {"bad"}
    assert "Attribute “foo” not allowed" in found["bad"][0]
