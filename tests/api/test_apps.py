"""What the app has registered once it is ready."""

from accounts.personal import relations as all_relations
from api.refusals import REFUSALS
from customers.narrowing import kept_narrowing, token_names
from customers.refusals import declared
from tests.api.tokens import token_of
from tests.support.cast import Cast


def test_all_refusals_of_the_app_are_declared_with_their_status() -> None:
    known = declared()
    for status, meanings in REFUSALS.items():
        for code, meaning in meanings.items():
            assert known[code] == (status, meaning)


def test_the_ground_asks_it_what_tokens_leave_and_are_called(cast: Cast) -> None:
    token = token_of(cast.alice).token
    narrowing = kept_narrowing(token.pk)
    assert narrowing is not None
    assert narrowing.token == token.pk
    assert token_names([token.pk]) == {token.pk: "Nightly"}
    assert {"tokens", "tokens_made"} <= set(all_relations(cast.uma))
