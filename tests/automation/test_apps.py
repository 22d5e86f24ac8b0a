"""What the app adds to those below it, once it is ready."""

from accounts.personal import relations
from accounts.services import running
from automation.services.due_running import end_with
from automation.services.schedules import keep_to_clock
from customers.services import customers
from tests.support.cast import Cast


def test_personal_data_has_what_is_kept_of_notices(cast: Cast) -> None:
    assert {"notices", "notice_mails", "notice_choices"} <= relations(cast.uma).keys()


def test_schedules_are_asked_when_a_batch_is_over_and_a_clock_may_have_changed() -> None:
    assert end_with in running._at_end  # noqa: SLF001
    assert keep_to_clock in customers._at_change  # noqa: SLF001
