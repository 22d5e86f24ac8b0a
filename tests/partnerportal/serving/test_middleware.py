import logging

import pytest
from django.test import Client
from pytest_django import Settings
from structlog.stdlib import ProcessorFormatter

from accounts.models import User
from tests.support.admin import address
from tests.support.cast import Cast

BREAK = "x\r\nlevel='critical' event='forged'\u2028"


@pytest.mark.parametrize("proxies, address", [(0, "127.0.0.1"), (1, "192.0.2.1")])
def test_log_names_the_address_that_our_own_proxy_saw(
    db: None, settings: Settings, caplog: pytest.LogCaptureFixture, proxies: int, address: str
) -> None:
    settings.PROXY_COUNT = proxies
    Client().get("/no/such/page/", headers={"X-Forwarded-For": "198.51.100.66, 192.0.2.1"})
    events = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    named = {event["ip"] for event in events if "ip" in event}
    assert named == {address}


@pytest.mark.parametrize("path", ["/no/such%0D%0Aevent='x'/", "/no/such%E2%80%A8event='x'/"])
def test_no_request_writes_a_line_of_its_own_into_the_log(
    db: None, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    caplog.set_level("INFO")
    Client().get(path, headers={"User-Agent": BREAK, "X-Request-ID": BREAK})
    [handler] = [
        one for one in logging.root.handlers if isinstance(one.formatter, ProcessorFormatter)
    ]
    lines = [handler.format(record) for record in caplog.records]
    assert len(lines) >= 2
    assert [line for line in lines if len(line.splitlines()) > 1] == []


# What makes half a character of text that has none.
HALF = "%5Cud800"


def test_addresses_are_read_as_utf_8_whatever_encoding_a_request_names(
    client: Client, cast: Cast
) -> None:
    named = {"Content-Type": "text/plain; charset=unicode_escape"}
    pages = {"/customers/": cast.alice, address(User, "changelist"): cast.support}
    for page, user in pages.items():
        client.force_login(user)
        answer = client.get(f"{page}?q={HALF}&o={HALF}", headers=named, follow=True)
        assert answer.status_code == 200
        assert client.get(f"{page}?q=%C3%A4", headers=named).status_code == 200


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_form_in_another_encoding_is_refused(client: Client, cast: Cast, kind: str) -> None:
    client.force_login(cast.alice)
    for encoding, status in (("unicode_escape", 400), ("utf-8", 200)):
        named = f"{kind}; boundary=b; charset={encoding}"
        body = "--b\r\nContent-Disposition: form-data; name=name\r\n\r\n\\ud800\r\n--b--\r\n"
        answer = client.post("/customers/add/", body, content_type=named)
        assert answer.status_code == status, encoding
