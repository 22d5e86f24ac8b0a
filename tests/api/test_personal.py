"""What a user is given of the own tokens."""

import json

from accounts.personal import personal_data
from api.models import TokenKind
from api.personal import relations
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.api.tokens import integration, token_of
from tests.support.cast import Cast


def test_tokens_are_in_it_without_what_they_are_known_by(cast: Cast) -> None:
    made = token_of(cast.gail)
    text = "".join(personal_data(fresh(cast.gail)))
    [row] = json.loads(text)["tokens"]
    assert (row["name"], row["kind"], row["prefix"]) == (
        "Nightly",
        TokenKind.PERSONAL,
        made.token.prefix,
    )
    assert made.text not in text
    assert made.token.hash not in text
    assert str(made.token.uuid) not in text


def test_those_that_one_made_for_an_integration_are_named_apart(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice)
    rows = {name: list(found) for name, (_relation, found) in relations(cast.alice).items()}
    assert (len(rows["tokens"]), len(rows["tokens_made"])) == (0, 1)
