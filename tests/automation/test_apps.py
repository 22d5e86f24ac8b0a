"""What the app adds to those below it, once it is ready."""

from accounts.personal import relations
from tests.support.cast import Cast


def test_personal_data_has_what_is_kept_of_notices(cast: Cast) -> None:
    assert {"notices", "notice_mails", "notice_choices"} <= relations(cast.uma).keys()
