"""A forecast in sentences: each thing that happens to users, with the first names."""

from automation.services.forecasting import Forecast, Named
from automation.views.rules.forecasts import lines_of
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_each_thing_that_happens_has_a_line(cast: Cast) -> None:
    users = UserFactory.create_batch(2, customer=cast.contoso)
    names = [user.display_name for user in users]
    found = Forecast(
        get=Named(1_234, users),
        lose=Named(1, users[:1]),
        barred=[("Set the usage location first.", Named(2, users))],
    )
    lines = [(line.text, line.names, line.more, line.why) for line in lines_of(found)]
    assert lines == [
        ("1,234 users get licenses", names, 1_232, ""),
        ("1 user loses licenses", names[:1], 0, ""),
        ("2 users can't get a license", names, 0, "Set the usage location first."),
    ]


def test_of_nothing_there_is_no_line() -> None:
    assert lines_of(Forecast()) == []
