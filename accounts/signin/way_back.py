"""Where a user was going who had to choose a password or set up a second step first."""

from django.http import HttpRequest

_SESSION_KEY = "way_back"


def keep_way(request: HttpRequest) -> None:
    """Keep this address for `take_way`, if a user would want to see it again.

    What a script of a page asks for is none, nor is what was sent.
    """
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if request.method == "GET" and is_page:
        request.session[_SESSION_KEY] = request.get_full_path()


def take_way(request: HttpRequest) -> str:
    """Return the address that was kept, once; "" for none."""
    return str(request.session.pop(_SESSION_KEY, ""))
