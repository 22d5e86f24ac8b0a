"""A list that leaves as a file stands in the log, with who took how many rows of what."""

import pytest

from customers.errors import Refused
from customers.models import AuditEvent
from customers.services.exports import record_export
from tests.support.cast import Cast
from tests.support.log import Line, log


def test_a_list_of_a_customer_is_in_the_customers_log(cast: Cast) -> None:
    record_export("accounts.user", 12, "xlsx", actor=cast.alice, customer=cast.contoso)
    changes = {"list": "accounts.user", "rows": 12, "file": "xlsx"}
    assert log() == [Line("list.exported", "Contoso", changes)]
    event = AuditEvent.objects.get()
    assert (event.customer, event.partner) == (cast.contoso, cast.fabrikam)


def test_a_list_of_all_customers_is_the_partners(cast: Cast) -> None:
    record_export("customers.auditevent", 0, "csv", actor=cast.bob)
    event = AuditEvent.objects.select_related("names").get()
    assert (event.customer, event.partner, event.changes["rows"]) == (None, cast.fabrikam, 0)
    assert event.names.target == event.names.actor == "Bob (bob@fabrikam.example)"


def test_nobody_takes_a_list_of_a_customer_that_is_not_open_to_them(cast: Cast) -> None:
    for user in (cast.charlie, cast.uma):
        with pytest.raises(Refused):
            record_export("accounts.user", 1, "csv", actor=user, customer=cast.northwind)
    assert log() == []


def test_a_user_who_was_blocked_meanwhile_takes_nothing(cast: Cast) -> None:
    type(cast.bob).objects.filter(pk=cast.bob.pk).delete()
    with pytest.raises(Refused, match="been blocked or deleted"):
        record_export("accounts.user", 1, "csv", actor=cast.bob, customer=cast.contoso)
    assert log() == []
