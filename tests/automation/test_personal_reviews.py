"""What access reviews give out to the user whom they are about."""

from automation.models import Answer
from automation.personal_reviews import review_relations
from tests.automation.reviewing import answered, started
from tests.support.cast import Cast


def test_each_has_what_is_about_them_and_no_name_of_others(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    answered(review, cast.gail, {cast.uma: Answer.REMOVE}, word="Ticket 1")
    of = {
        user: {name: list(rows) for name, (_field, rows) in review_relations(user).items()}
        for user in (cast.uma, cast.gail, cast.alice)
    }
    [about] = of[cast.uma]["reviews_about_the_person"]
    assert (about["answer"], about["word"]) == ("remove", "Ticket 1")
    assert [row["answer"] for row in of[cast.gail]["reviews_answered"]] == ["remove"]
    assert "word" not in of[cast.gail]["reviews_answered"][0]
    assert len(of[cast.gail]["reviews_to_answer"]) == 1
    assert [row["name"] for row in of[cast.alice]["reviews_started"]] == [review.name]
