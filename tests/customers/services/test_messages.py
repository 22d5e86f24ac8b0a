"""Several statements in one message are several statements."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from customers.models import AuditEvent, AuditNames, Batch, BatchKind, Customer, Partner
from customers.services.messages import Query, Statement, insertion, send, send_with_commit
from tests.support.cast import Cast, make_cast

NAMED = Query(
    lambda customer, users: (
        User.objects.filter(customer=customer, pk__among=users)
        .order_by("pk")
        .values_list("pk", "display_name", "added_at", "is_staff")
    )
)


def batch(cast: Cast, key: str) -> Batch:
    return Batch(kind=BatchKind.BLOCK, by=cast.alice, customer=cast.contoso, key=key)


def test_answers_come_in_the_order_of_the_questions(cast: Cast) -> None:
    users = [cast.gail.pk, cast.uma.pk]
    with CaptureQueriesContext(connection) as queries:
        both, none, one = send(
            NAMED(cast.contoso.pk, users),
            NAMED(cast.northwind.pk, users),
            NAMED(cast.contoso.pk, [cast.uma.pk]),
        )
    rows = User.objects.filter(pk__in=users).order_by("pk")
    wanted = [(row.pk, row.display_name, row.added_at, False) for row in rows]
    assert both.rows == wanted
    assert (none.rows, one.rows) == ([], wanted[1:])
    assert len(queries) == (1 if connection.vendor == "postgresql" else 3)


def test_a_statement_sees_what_the_one_before_has_written(cast: Cast) -> None:
    event = AuditEvent(action="user.blocked", at=cast.uma.added_at, customer=cast.contoso)
    names = AuditNames(target="50 % %s\\ 'é'")
    written, _none = send(insertion(event), insertion(names, after=AuditEvent))
    assert AuditNames.objects.get().event_id == written.key == AuditEvent.objects.get().pk
    assert AuditNames.objects.get().target == names.target


def test_a_row_is_written_unless_a_unique_rule_has_it_already(cast: Cast) -> None:
    [first] = send(insertion(batch(cast, "k"), unless=True))
    [second] = send(insertion(batch(cast, "k"), unless=True))
    [other] = send(insertion(batch(cast, "another"), unless=True))
    assert Batch.objects.get(key="k").pk == first.key
    assert second.key is None
    assert Batch.objects.get(key="another").pk == other.key


def test_within_another_transaction_nothing_is_left_to_the_commit(cast: Cast) -> None:
    with transaction.atomic():
        assert not send_with_commit(rename(cast.contoso, "Later"))


def rename(customer: Customer, name: str) -> Statement:
    return Statement("UPDATE customers_customer SET name = %s WHERE id = %s", [name, customer.pk])


@pytest.mark.postgres
def test_what_is_sent_with_the_commit_is_committed_before_its_hooks(transactional_db: None) -> None:
    cast, seen = make_cast(), list[Any]()

    def look() -> None:
        seen.append(Customer.objects.get(pk=cast.contoso.pk).name)

    with transaction.atomic():
        transaction.on_commit(look)
        assert send_with_commit(rename(cast.contoso, "Last"))
        look()
    assert seen == ["Contoso", "Last"]


def fail_at_the_commit(cast: Cast) -> None:
    with transaction.atomic():
        send(rename(cast.northwind, "Before"))
        send_with_commit(rename(cast.contoso, "Last"), Statement("SELECT 1 / 0", []))


def fail_before_the_commit(cast: Cast) -> None:
    with transaction.atomic():
        send_with_commit(rename(cast.contoso, "Last"))
        send(Statement("SELECT 1 / 0", []))


@pytest.mark.postgres
@pytest.mark.parametrize("fail", [fail_at_the_commit, fail_before_the_commit])
def test_what_fails_leaves_nothing_behind_and_nothing_to_send(
    transactional_db: None, fail: Callable[[Cast], None]
) -> None:
    cast = make_cast()
    with pytest.raises(DatabaseError):
        fail(cast)
    with transaction.atomic():
        send(rename(cast.northwind, "After"))
    assert sorted(Customer.objects.values_list("name", flat=True)) == ["Adatum", "After", "Contoso"]


def test_nothing_to_ask_has_no_answer(cast: Cast) -> None:
    assert send() == []


def test_a_question_is_written_down_once_for_each_kind_of_number(cast: Cast) -> None:
    built: list[tuple[Any, ...]] = []

    def build(*given: Any) -> Any:
        built.append(given)
        [one] = given
        found = {"pk__among": one} if isinstance(one, list) else {"pk": one}
        return Customer.objects.filter(**found).order_by("pk").values_list("name")

    query = Query(build)
    names = [
        [name for (name,) in answer.rows]
        for given in (cast.contoso.pk, cast.adatum.pk, [cast.contoso.pk], [], [cast.adatum.pk, 0])
        for answer in send(query(given))
    ]
    assert names == [["Contoso"], ["Adatum"], ["Contoso"], [], ["Adatum"]]
    assert len(built) == 2


def test_values_become_what_django_makes_of_them(cast: Cast) -> None:
    query = Query(lambda pk: Batch.objects.filter(pk=pk).values_list("pk", "request", "created_at"))
    row = batch(cast, "k")
    row.request = {"a": [1, None], "é": True}
    row.save()
    [answer] = send(query(row.pk))
    assert answer.rows == [(row.pk, {"a": [1, None], "é": True}, row.created_at)]
    assert answer.count in {1, -1}


def test_rows_become_the_same_objects_as_a_query_set_makes(cast: Cast) -> None:
    def build(partner: int) -> Any:
        customers = Customer.objects.filter(partner=partner).select_related("partner")
        return customers.with_primary_domain().with_seats().order_by("pk")

    query, loads = Query(build), CaptureQueriesContext(connection)
    for partner in (cast.fabrikam, cast.litware, Partner(pk=0)):
        wanted = list(build(partner.pk))
        with loads:
            found = query.objects(partner.pk)
            assert [row.partner.name for row in found] == [partner.name for _row in wanted]
        assert len(loads) == 1
        for one, other in zip(found, wanted, strict=True):
            told = {**one.__dict__, "_state": None}
            assert told == {**other.__dict__, "_state": None}
            assert (one._state.db, one._state.adding) == (other._state.db, other._state.adding)


def test_an_update_says_how_many_rows_it_has_found(cast: Cast) -> None:
    [one] = send(rename(cast.contoso, "Contoso Ltd"))
    none = Statement("UPDATE customers_customer SET name = %s WHERE id = %s", ["x", 0])
    [nothing] = send(none)
    assert (one.count, one.rows, nothing.count) == (1, [], 0)
    assert Customer.objects.get(pk=cast.contoso.pk).name == "Contoso Ltd"


@pytest.mark.postgres
def test_a_failing_statement_is_an_error_of_the_whole_message(cast: Cast) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        send(rename(cast.contoso, "First"), Statement("SELECT 1 / 0", []))
    assert Customer.objects.get(pk=cast.contoso.pk).name == "Contoso"
