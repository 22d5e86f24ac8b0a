"""Who is sorted out of an undo, and how what it does is counted in words."""

from accounts.models import User
from accounts.queries.user_briefs import Brief, briefs_of
from accounts.services.undo.cases import Case, WordCounts, freed_text
from accounts.services.undo.later import done_by
from accounts.services.users.locking import Verdict
from customers.models import Batch, Outcome
from customers.roles import Capability, Role
from tests.accounts.undoing import allow, block
from tests.factories import UserFactory
from tests.support.cast import Cast


def case(cast: Cast, batch: Batch, actor: User | None = None) -> Case:
    done, places = done_by(batch)
    rows = briefs_of(done, cast.contoso)
    return Case(batch, actor or cast.alice, [rows[pk] for pk in done], done, places)


def test_words_are_counted_in_their_order() -> None:
    words = WordCounts()
    for word, number in (("Visio", 1), ("Teams", 1_200), ("Visio", 2)):
        words.add(word, number)
    assert words.text() == "1,200 × Teams, 3 × Visio"
    assert freed_text(words) == "Seats that are free at once: 1,200 × Teams, 3 × Visio."
    assert WordCounts().text() == ""


def test_without_a_reason_it_can_be_done_to_all_in_their_order(
    cast: Cast, users: list[User]
) -> None:
    todo, left = case(cast, block(cast, *users)).sort_out()
    assert ([row.pk for row in todo], left) == ([user.pk for user in users], [])


def test_the_first_reason_counts(cast: Cast, users: list[User]) -> None:
    first, second, third = users

    def early(row: Brief) -> Verdict:
        return (Outcome.FAILED, "Early.") if row.pk == first.pk else None

    def late(row: Brief) -> Verdict:
        return (Outcome.SKIPPED, "Late.") if row.pk in {first.pk, second.pk} else None

    todo, left = case(cast, block(cast, *users)).sort_out(early, late)
    assert [row.pk for row in todo] == [third.pk]
    assert [(row.pk, outcome, why) for row, outcome, why in left] == [
        (first.pk, Outcome.FAILED, "Early."),
        (second.pk, Outcome.SKIPPED, "Late."),
    ]


def test_a_user_who_was_touched_since_is_asked_for_no_other_reason(
    cast: Cast, users: list[User]
) -> None:
    batch = block(cast, *users)
    allow(cast, users[1])
    asked: list[int] = []

    def ask(row: Brief) -> Verdict:
        asked.append(row.pk)
        return None

    todo, left = case(cast, batch).sort_out(ask)
    assert [row.pk for row in todo] == asked == [users[0].pk, users[2].pk]
    [(row, outcome, why)] = left
    assert (row.pk, outcome) == (users[1].pk, Outcome.SKIPPED)
    assert why.startswith(f"{users[1].display_name} has since been changed by Alice: ")


def test_reach_leaves_administrators_out(cast: Cast, users: list[User]) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    batch = block(cast, cast.gail, users[0])
    found = case(cast, batch, actor=admin)
    todo, left = found.sort_out(found.reach(Capability.MANAGE_USERS))
    assert [row.pk for row in todo] == [users[0].pk]
    assert [row.pk for row, _outcome, _why in left] == [cast.gail.pk]
    assert found.customer == cast.contoso
