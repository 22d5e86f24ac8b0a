"""The types of a request whose user is signed in, and the views that may count on one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver

from customers.requests import PortalRequest, PortalView, signed_in
from customers.urls import urlpatterns as of_customers
from licensing.urls import urlpatterns as of_licensing


def views(patterns: list[URLPattern]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        yield str(pattern.name), getattr(pattern.callback, "view_class", None)


def test_a_request_stays_the_one_that_it_is() -> None:
    request = RequestFactory().get("/")
    found: HttpRequest = signed_in(request)
    assert found is request
    # For types alone: Django makes the requests.
    assert not isinstance(found, PortalRequest)


@pytest.mark.parametrize(
    "name, view", [*views(of_customers), *views(of_licensing)], ids=lambda value: str(value)[:40]
)
def test_every_page_of_a_customer_is_of_users_who_are_signed_in(name: str, view: Any) -> None:
    assert issubclass(view, PortalView), name


def test_the_walk_finds_the_pages() -> None:
    found = dict(views(of_customers))
    assert {"customer-list", "domain-remove", "activity-batch"} <= set(found)
    assert {"customers", "licensing"} <= set(get_resolver().namespace_dict)
