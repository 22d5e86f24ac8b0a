"""Help: of the page that asks for it, with and without a script; and the switch of single keys."""

from django.test import Client

from partnerportal.frame.help import HELP
from tests.support.access import signed_in
from tests.support.cast import Cast
from tests.support.forms import read, words
from tests.support.html import problems


def test_a_page_leads_to_its_own_help(cast: Cast) -> None:
    client = signed_in(cast.alice)
    html = read(client, f"/customers/{cast.contoso.pk}/users/?q=a")
    address = "/help/?page=accounts%3Auser-list&amp;next=/customers/"
    assert address in html
    text = words(read(client, "/help/?page=accounts:user-list&next=/customers/"))
    for line in HELP["accounts:user-list"]:
        assert str(line) in text
    assert "Back to the page" in text


def test_the_panel_is_a_part_without_the_frame(cast: Cast) -> None:
    client = signed_in(cast.uma)
    answer = client.get("/help/?page=applications:my-apps", headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert "<html" not in part
    assert str(HELP["applications:my-apps"][0]) in part
    assert "HX-Request" in answer.headers["Vary"]


def test_a_page_without_help_has_the_keys_alone(cast: Cast) -> None:
    client = signed_in(cast.alice)
    for page in ("accounts:user-block", "no:such", "", "x" * 3_000):
        html = read(client, f"/help/?page={page}")
        assert "Keyboard shortcuts" in words(html)
        assert problems(html) == []


def test_it_leads_back_within_the_portal_alone(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert "Back to the page" not in words(read(client, "/help/?next=https://evil.example/"))


def test_single_keys_are_switched_off_and_on_in_the_browser(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert 'data-keys="off"' not in read(client, "/customers/")
    answer = client.post("/help/keys/", {"keys": "off", "next": "/customers/"})
    assert answer.headers["Location"] == "/customers/"
    html = read(client, "/customers/")
    assert 'data-keys="off"' in html
    assert 'aria-keyshortcuts="Control+K"' in html
    assert 'aria-keyshortcuts="?"' not in html
    assert "Single keys do nothing now." in words(read(client, "/help/"))
    client.post("/help/keys/", {"keys": "on", "next": "//evil.example"})
    html = read(client, "/customers/")
    assert 'data-keys="off"' not in html
    assert 'aria-keyshortcuts="/ Control+K"' in html
    assert client.get("/help/keys/").status_code == 405


def test_strangers_get_the_sign_in_page() -> None:
    assert Client().get("/help/").headers["Location"].startswith("/accounts/login/")
