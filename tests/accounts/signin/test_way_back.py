"""Where a user was going is kept while something else comes first."""

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.signin.way_back import keep_way, take_way


def request_of(rf: RequestFactory, method: str = "get", mode: str = "navigate") -> HttpRequest:
    request: HttpRequest = getattr(rf, method)(
        "/customers/?page=2", headers={"Sec-Fetch-Mode": mode}
    )
    request.session = SessionBase()
    return request


def test_a_page_is_kept_and_taken_once(rf: RequestFactory) -> None:
    request = request_of(rf)
    keep_way(request)
    assert [take_way(request), take_way(request)] == ["/customers/?page=2", ""]


@pytest.mark.parametrize(("method", "mode"), [("post", "navigate"), ("get", "cors")])
def test_what_was_sent_or_what_a_script_asks_for_is_not(
    rf: RequestFactory, method: str, mode: str
) -> None:
    request = request_of(rf, method, mode)
    keep_way(request)
    assert take_way(request) == ""
