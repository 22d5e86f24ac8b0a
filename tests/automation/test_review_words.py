"""What the log says of access reviews."""

from automation.models import Answer
from customers.log.history import describe
from customers.models import AuditEvent
from tests.automation.reviewing import answered, started
from tests.support.cast import Cast


def test_the_log_says_what_pages_say(cast: Cast) -> None:
    review = started(cast.contoso, [cast.uma], [cast.gail], actor=cast.alice)
    answered(review, cast.gail, {cast.uma: Answer.KEEP})
    answered(review, cast.gail, {cast.uma: Answer.REMOVE})
    events = AuditEvent.objects.select_related("names").order_by("pk")
    said = [set(describe(event)) for event in events.filter(action__startswith="review.")]
    assert said == [
        {
            "Users: 1",
            "Reviewers: 1",
            "What is reviewed: Sign-in",
            "If the answer is Remove: Block sign-in",
            "Without an answer: Keep",
            "Last day: 20 Jan 2027",
        },
        {"Access review: Sign-in, January", "Answer: Keep"},
        {"Access review: Sign-in, January", "Answer: Keep → Remove"},
    ]
