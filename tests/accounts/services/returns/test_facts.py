"""Whether a page that was shown is still true."""

from accounts.models import User
from accounts.services.returns import HeldLicense, Return, Seen, differences, fingerprint, see


def row(pk: int, product: str = "Teams") -> HeldLicense:
    return HeldLicense(pk, 1, 10 + pk, 20 + pk, product, [])


def coming_back(pk: int, *back: HeldLicense, problem: str = "") -> Return:
    item = Return(User(pk=pk, display_name=f"User {pk}"), f"u{pk}@a.example", f"u{pk}@a.example")
    item.back, item.name_problem = list(back), problem
    return item


def lost(item: Return, *rows: tuple[HeldLicense, str]) -> Return:
    item.lost = list(rows)
    return item


def test_the_fingerprint_does_not_depend_on_the_order() -> None:
    one, two = coming_back(1, row(1), row(2)), coming_back(2, row(3))
    assert fingerprint([one, two]) == fingerprint([two, coming_back(1, row(2), row(1))])


def test_the_fingerprint_tells_a_lost_license_and_a_name_apart() -> None:
    prints = {
        fingerprint([item])
        for item in (
            coming_back(1),
            coming_back(1, row(1)),
            lost(coming_back(1), (row(1), "No seat.")),
            coming_back(1, problem="Taken."),
            coming_back(2),
        )
    }
    assert len(prints) == 5


def test_nothing_has_changed_where_all_is_as_it_was_seen() -> None:
    returns = [lost(coming_back(1), (row(1), "No seat.")), coming_back(2, row(2))]
    seen = see(returns, returns, [1])
    assert seen.rows == {"1": ("", [1])}
    assert (seen.boxes, seen.whole) == ([1], True)
    assert differences(seen, returns) == []


def test_a_license_that_is_lost_since_is_told_with_its_reason() -> None:
    before, now = coming_back(1, row(1)), lost(coming_back(1), (row(1), "Teams: no seats left."))
    seen = see([before], [before], [])
    assert differences(seen, [now]) == ["User 1: Teams: no seats left."]


def test_a_license_that_comes_back_after_all_is_told() -> None:
    before, now = lost(coming_back(1), (row(1), "No seat.")), coming_back(1, row(1))
    seen = see([before], [before], [])
    assert differences(seen, [now]) == ["User 1: Teams comes back after all."]


def test_a_name_that_was_taken_or_freed_since_is_told() -> None:
    free, taken = coming_back(1), coming_back(1, problem="Somebody has it.")
    assert differences(see([free], [free], []), [taken]) == ["User 1: Somebody has it."]
    assert differences(see([taken], [taken], []), [free]) == [
        "User 1: the user name is free again."
    ]


def test_of_users_whom_the_page_did_not_show_it_says_that_something_changed() -> None:
    shown, hidden = (lost(coming_back(pk), (row(pk), "No seat.")) for pk in (1, 2))
    seen = see([shown, hidden], [shown], [])
    assert not seen.whole
    assert differences(seen, [shown, coming_back(2, row(2))]) == [
        "What will be restored has changed since this page was shown."
    ]


def test_many_differences_are_counted_after_the_first_ten() -> None:
    before = [coming_back(pk, row(pk)) for pk in range(1, 14)]
    now = [lost(coming_back(pk), (row(pk), "Gone.")) for pk in range(1, 14)]
    found = differences(see(before, before, []), now)
    assert found[0] == "User 1: Gone."
    assert (len(found), found[-1]) == (11, "3 more like these.")


def test_a_form_that_carried_nothing_is_no_longer_true() -> None:
    assert differences(Seen(), [coming_back(1)])
