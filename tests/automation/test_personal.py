"""What a user is given of schedules."""

from automation.personal import relations
from tests.automation.services.scheduling import scheduled
from tests.support.cast import Cast


def test_what_waits_for_a_user_and_what_the_user_scheduled_is_given(cast: Cast) -> None:
    scheduled(cast, cast.uma, actor=cast.gail, reason="Ticket 7")
    of_uma = {name: list(rows) for name, (_relation, rows) in relations(cast.uma).items()}
    of_gail = {name: list(rows) for name, (_relation, rows) in relations(cast.gail).items()}
    [row] = of_uma["scheduled"]
    assert (row["kind"], row["state"]) == ("block", "waiting")
    [made] = of_gail["schedules_made"]
    assert (made["kind"], made["reason"]) == ("block", "Ticket 7")
    assert (of_uma["schedules_made"], of_gail["scheduled"], of_gail["plans_made"]) == ([], [], [])
