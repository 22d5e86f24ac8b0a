"""Names as they are written at home, with a Latin form that makes a user name."""

from random import Random

import pytest

from accounts.names import check_local_part
from demo.companies import FABRIKAM, LITWARE
from demo.names import LANGUAGES, Language, Name


@pytest.mark.parametrize("key", LANGUAGES)
def test_every_name_makes_a_user_name(key: str) -> None:
    random = Random(key)
    for _number in range(50):
        for name in LANGUAGES[key].draw(random):
            assert name.native
            check_local_part(name.latin)


def test_every_company_speaks_languages_that_there_are() -> None:
    spoken = {key for company in (*FABRIKAM, *LITWARE) for key in company.languages}
    assert spoken <= set(LANGUAGES)


def test_the_same_names_come_every_time() -> None:
    drawn = [LANGUAGES["en"].draw(Random(7)) for _time in range(2)]
    assert drawn[0] == drawn[1]


def test_a_language_says_in_which_order_a_name_is_written() -> None:
    given, family = Name("Ada", "ada"), Name("Lovelace", "lovelace")
    assert Language("", "").display(given, family) == "Ada Lovelace"
    assert Language("", "", family_first=True).display(given, family) == "Lovelace Ada"
    joined = Language("", "", family_first=True, joiner="")
    assert joined.display(Name("美咲", "misaki"), Name("林", "hayashi")) == "林美咲"


def test_a_name_may_have_spaces_and_a_latin_form_of_its_own() -> None:
    given, family = Language("Łucja", "בן_דוד=bendavid").draw(Random(1))
    assert given == Name("Łucja", "lucja")
    assert family == Name("בן דוד", "bendavid")
