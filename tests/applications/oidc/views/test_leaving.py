"""How a browser gets from the portal to an application."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from applications.oidc.views.leaving import leave

ADDRESS = 'https://chat.example/callback?code=a&state="><script>'


@pytest.mark.parametrize("address", [ADDRESS, "com.example.app:/callback?code=a"])
def test_a_browser_that_comes_from_elsewhere_is_redirected(
    rf: RequestFactory, address: str
) -> None:
    response = leave(rf.get("/oidc/authorize"), address, None)
    assert (response.status_code, response["Location"]) == (HTTPStatus.FOUND, address)


@pytest.mark.django_db
def test_what_stands_in_the_address_stays_in_it(rf: RequestFactory) -> None:
    request = rf.get("/oidc/authorize", headers={"Sec-Fetch-Site": "same-origin"})
    request.user = AnonymousUser()
    response = leave(request, ADDRESS, None)
    assert response.status_code == HTTPStatus.OK
    assert b"<script>" not in response.content.split(b"</head>")[0].split(b"refresh")[1][:200]
    assert b"&quot;&gt;&lt;script&gt;" in response.content
