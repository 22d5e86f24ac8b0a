"""Every right that a token can have is said in words."""

from api.capability_words import WORDS, label_of
from customers.narrowing import NEVER
from customers.roles import Capability


def test_each_right_has_a_name_of_its_own_and_a_meaning() -> None:
    assert WORDS.keys() == set(Capability) - NEVER
    assert len({str(words.label) for words in WORDS.values()}) == len(WORDS)
    assert all(str(words.meaning).endswith(".") for words in WORDS.values())


def test_what_is_no_right_keeps_its_name() -> None:
    assert label_of("see") == "See customers and users"
    assert [label_of(name) for name in ("manage team", "fly")] == ["manage team", "fly"]
