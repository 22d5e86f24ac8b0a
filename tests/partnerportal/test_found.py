"""Lines of what was found, as pages and lists have them."""

from partnerportal.found import found_lines, found_options
from partnerportal.searching import Group, Hit

HIT = Hit("<Ada>", "/a/?b=1&c=2", "person", detail="ada@x", customer="A & B", marks=["Deleted"])


def test_a_line_has_all_there_is_to_tell() -> None:
    line = found_lines(Group("users", "Users", [HIT]))
    assert 'href="/a/?b=1&amp;c=2"' in line
    for text in ("<bdi>&lt;Ada&gt;</bdi>", ">Deleted<", ">ada@x<", ">A &amp; B<"):
        assert text in line


def test_a_line_has_no_more_than_there_is_to_tell() -> None:
    line = found_lines(Group("pages", "Pages", [Hit("Team", "/team/", "people")]))
    assert [name for name in ("mark", "detail", "customer") if f"found-{name}" in line] == []


def test_options_have_ids_of_their_own() -> None:
    options = found_options(Group("users", "Users", [HIT, HIT]))
    assert ('id="find-users-1"' in options, 'id="find-users-2"' in options) == (True, True)
    assert options.count('role="option" aria-selected="false"') == 2
