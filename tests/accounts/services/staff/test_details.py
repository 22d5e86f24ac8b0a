"""What staff have, and a password that no log shows."""

from accounts.models import User
from accounts.services.staff import Issued, StaffDetails


def test_details_leave_as_it_is_what_is_not_given() -> None:
    details = StaffDetails("dora@fabrikam.example")
    assert details.fields == {}
    given = (details.roles, details.groups, details.is_superuser, details.only_customers)
    assert given == (None, None, None, None)
    assert details.limited_to_customers is None


def test_an_issued_password_is_not_in_what_is_printed_of_it() -> None:
    issued = Issued(User(pk=7, user_name="dora@fabrikam.example"), "green-kettle-hums")
    assert f"{issued} {issued!r} {[issued]}" == "Issued(7) Issued(7) [Issued(7)]"
