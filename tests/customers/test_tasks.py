"""The tasks of the activity log and of searches, which do no harm when they run twice."""

from customers.models import AuditEvent, AuditNames, AuditSeal, Customer
from customers.tasks import renew_search_texts, retire_activity_log, seal_activity_log
from tests.customers.log.sealed import findings, write
from tests.support.cast import Cast


def test_what_is_new_is_sealed_and_nothing_twice(cast: Cast) -> None:
    write(cast.fabrikam, 3)
    write(None, 2)
    assert seal_activity_log() == 5
    assert seal_activity_log() == 0
    assert sorted(AuditSeal.objects.values_list("count", flat=True)) == [2, 3]
    assert findings() == []


def test_names_go_first_and_events_later(cast: Cast) -> None:
    write(cast.fabrikam, 2, days_ago=4_000)
    write(cast.fabrikam, 3, days_ago=400)
    write(cast.fabrikam, 4)
    seal_activity_log()
    # The names of five events are forgotten, and two events are dropped.
    assert retire_activity_log() == 7
    assert (AuditEvent.objects.count(), AuditNames.objects.count()) == (7, 4)
    assert retire_activity_log() == 0
    assert findings() == []


def test_what_is_not_sealed_yet_stays(cast: Cast) -> None:
    write(cast.fabrikam, 2, days_ago=4_000)
    assert retire_activity_log() == 0
    assert AuditNames.objects.count() == 2


def test_customers_are_found_again_whose_texts_are_behind(cast: Cast) -> None:
    Customer.objects.filter(partner=cast.fabrikam).update(search_text="")
    assert renew_search_texts() == 2
    assert renew_search_texts() == 0
