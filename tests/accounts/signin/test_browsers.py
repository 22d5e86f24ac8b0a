"""Devices in plain words, by what their browsers say of themselves."""

import pytest

from accounts.signin.browsers import BROWSERS, SYSTEMS, named_by

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"


@pytest.mark.parametrize(
    "user_agent, name",
    [
        (
            f"(Windows NT 10.0) {CHROME} Safari/537.36 Edg/140.0",
            "Microsoft Edge on Windows",
        ),
        (f"Mozilla/5.0 (Windows NT 10.0) {CHROME} Safari/537.36 OPR/120.0", "Opera on Windows"),
        (f"Mozilla/5.0 (X11; CrOS x86_64) {CHROME} Safari/537.36", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 16) {CHROME} Safari/537.36", "Chrome on Android"),
        (
            "(Linux; Android 16) SamsungBrowser/28 Chrome/130",
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (iPad; CPU OS 19_0) CriOS/140.0 Safari/604.1", "Chrome on iPad"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) FxiOS/140.0 Safari/605", "Firefox on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/19 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox on Linux"),
        ("Firefox/140.0", "Firefox"),
        ("curl/8.9 on Linux", "Unknown browser on Linux"),
        ("curl/8.9", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browser_and_system_are_those_that_it_is_and_not_those_it_pretends(
    user_agent: str, name: str
) -> None:
    assert named_by(user_agent) == name


def test_what_a_browser_sends_is_not_repeated() -> None:
    assert named_by("<script>alert(1)</script> Safari/1") == "Safari"


@pytest.mark.parametrize("names", [BROWSERS, SYSTEMS])
def test_no_mark_is_hidden_behind_an_earlier_one(names: tuple[tuple[str, str], ...]) -> None:
    marks = [mark for mark, _name in names]
    for place, mark in enumerate(marks):
        assert not [earlier for earlier in marks[:place] if earlier in mark]
