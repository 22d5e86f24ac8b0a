"""From what the page showed to what is written: all of it, or nothing and the reason."""

import csv as csv_module
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.invariants import violations
from accounts.models import User
from accounts.services import running
from accounts.services.users import delete_users
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Batch, BatchItem, BatchState, Domain
from customers.services import domains
from customers.spreadsheet_files import csv_lines
from licensing.errors import SeatsShort
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from tests.factories import (
    DomainFactory,
    ProductFactory,
    SubscriptionFactory,
    UserFactory,
    assign,
)
from tests.support.cast import Cast
from tests.uploads.uploading import HEADINGS, Rows, confirmed, outcomes, problems, upload_of
from uploads.models import RowDecision, Upload, UploadRow, UploadState
from uploads.services import (
    Existing,
    Licensing,
    Options,
    Short,
    UploadCounts,
    check_upload,
    confirm_upload,
    decide_row,
    edit_row,
    error_rows,
    fingerprint,
)


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail", sku="MAIL")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)


def checked(cast: Cast, rows: Rows, options: Options | None = None) -> Upload:
    return upload_of(rows, customer=cast.contoso, actor=cast.alice, options=options)


def users(*names: str, product: str = "") -> Rows:
    return [HEADINGS, *([f"{name}@contoso.example", name, "X", product] for name in names)]


def holders(subscription: Subscription) -> list[str]:
    live = LicenseAssignment.objects.live().filter(subscription=subscription)
    return sorted(live.values_list("user__first_name", flat=True))


def added() -> list[str]:
    return sorted(User.objects.filter(last_name="X").values_list("first_name", flat=True))


def test_without_a_choice_too_few_seats_stop_it(cast: Cast, mail: Subscription) -> None:
    upload = checked(cast, users("a", "b", "c", product="Mail"))

    with pytest.raises(SeatsShort, match="Mail: 1 seat is missing"):
        confirmed(upload, actor=cast.alice)

    upload.refresh_from_db()
    assert (upload.state, upload.batch, added()) == (UploadState.CHECKED, None, [])


def test_first_ones_in_the_order_of_the_file_get_the_seats(cast: Cast, mail: Subscription) -> None:
    upload = checked(cast, users("c", "a", "b", product="Mail"))

    batch = confirmed(upload, actor=cast.alice, short=Short.FIRST)

    assert (added(), holders(mail)) == (["a", "b", "c"], ["a", "c"])
    assert batch.request["without"] == {str(mail.pk): 1}
    assert violations() == []


def test_without_licenses_everybody_is_added(cast: Cast, mail: Subscription) -> None:
    word = SubscriptionFactory.create(customer=cast.contoso)
    rows = users("a", "b", "c", product=f"Mail;{word.product.name}")

    batch = confirmed(checked(cast, rows), actor=cast.alice, short=Short.WITHOUT)

    assert (holders(mail), holders(word)) == ([], ["a", "b", "c"])
    assert batch.request["without"] == {str(mail.pk): 3}
    assert violations() == []


def test_add_on_goes_with_the_base_that_has_no_seat(cast: Cast, mail: Subscription) -> None:
    archive = ProductFactory.create(name="Archive", requires=[mail.product])
    extra = SubscriptionFactory.create(customer=cast.contoso, product=archive, quantity=9)
    upload = checked(cast, users("a", "b", "c", product="Archive;Mail"))

    batch = confirmed(upload, actor=cast.alice, short=Short.FIRST)

    assert (holders(mail), holders(extra)) == (["a", "b"], ["a", "b"])
    assert batch.request["without"] == {str(mail.pk): 1, str(extra.pk): 1}
    assert violations() == []


def test_people_who_are_there_share_the_seats_in_the_same_way(
    cast: Cast, mail: Subscription
) -> None:
    assign(mail, cast.gail)
    rows = [
        *users("a", product="Mail"),
        ["uma@contoso.example", "", "", "Mail"],
        ["gail@contoso.example", "", "", "Mail"],
    ]
    upload = checked(cast, rows, Options(existing=Existing(licenses=Licensing.ADD)))
    assert outcomes(upload) == {2: "add", 3: "change", 4: "leave"}

    confirmed(upload, actor=cast.alice, short=Short.FIRST)

    assert holders(mail) == ["Gail", "Uma"]
    assert violations() == []


def test_wrong_rows_are_left_out_and_kept_for_the_file_of_errors(cast: Cast) -> None:
    rows = [
        ["User Name", "First Name", "Last Name", "Status update", "Pet"],
        ["a@contoso.example", "a", "X", "", "cat"],
        ["b@contoso.exampel", "=b", "X, Y", "old", "dog"],
    ]
    upload = upload_of("".join(csv_lines(rows)).encode(), customer=cast.contoso, actor=cast.alice)
    before = list(error_rows(upload))

    confirmed(upload, actor=cast.alice)

    assert (added(), outcomes(upload)) == (["a"], {3: "wrong"})
    # What nobody has a use for goes with the file.
    assert list(error_rows(upload)) == [row[:4] for row in before]
    heading, wrong = before
    assert heading == rows[0]
    assert wrong[:3] + wrong[4:] == ["b@contoso.exampel", "=b", "X, Y", "dog"]
    assert wrong[3].startswith("contoso.exampel is not a domain of this customer.")
    assert wrong[3].endswith("→ b@contoso.example")


def test_file_of_errors_opens_as_a_table_and_is_read_back(cast: Cast) -> None:
    upload = checked(cast, [HEADINGS, ["b@contoso.exampel", "-b", "X", ""], ["", "c", "X", ""]])
    text = "".join(csv_lines(error_rows(upload)))
    table = list(csv_module.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert table[0] == [*HEADINGS, "Status update"]
    assert [len(row) for row in table] == [5, 5, 5]

    again = upload_of(
        text.replace("contoso.exampel,", "contoso.example,").encode(),
        customer=cast.contoso,
        actor=cast.alice,
    )

    assert outcomes(again) == {2: "add", 3: "wrong"}
    assert again.rows.get(number=2).cells[:3] == ["b@contoso.example", "-b", "X"]
    assert again.reading.unknown == []


def counted(upload: Upload) -> tuple[dict[str, int], dict[str, int]]:
    return upload.counts["rows"], upload.counts["seats"]


def test_row_is_dropped_and_taken_in_again(cast: Cast, mail: Subscription) -> None:
    upload = checked(cast, users("a", "b", product="Mail"))

    decide_row(upload, 2, RowDecision.DROP, actor=cast.alice)
    upload.refresh_from_db()
    assert counted(upload) == ({"drop": 1, "add": 1}, {str(mail.pk): 1})
    decide_row(upload, 2, RowDecision.NONE, actor=cast.alice)
    upload.refresh_from_db()
    assert counted(upload) == ({"add": 2}, {str(mail.pk): 2})
    decide_row(upload, 3, RowDecision.DROP, actor=cast.alice)
    confirmed(upload, actor=cast.alice)

    assert added() == ["a"]


def test_namesakes_of_an_edited_row_are_judged_again(cast: Cast) -> None:
    upload = checked(cast, users("a", "a", "b"))
    assert outcomes(upload) == {2: "add", 3: "wrong", 4: "add"}

    edit_row(upload, 2, {0: "b@contoso.example"}, actor=cast.alice)
    assert outcomes(upload) == {2: "add", 3: "add", 4: "wrong"}
    assert problems(upload) == {4: [("user_name", "Row 2 has the same user name.")]}

    decide_row(upload, 2, RowDecision.DROP, actor=cast.alice)
    assert outcomes(upload) == {2: "drop", 3: "add", 4: "add"}


def test_value_beyond_the_headings_is_gone_once_the_row_was_edited(cast: Cast) -> None:
    upload = checked(cast, [HEADINGS, ["a@contoso.example", "a", "X", "", "more"]])
    assert outcomes(upload) == {2: "wrong"}
    edit_row(upload, 2, {1: "b"}, actor=cast.alice)
    assert outcomes(upload) == {2: "add"}


@pytest.mark.parametrize("cells", [{4: "x"}, {-1: "x"}, {0: "a\0@contoso.example"}])
def test_cell_that_cannot_be_is_refused(cast: Cast, cells: dict[int, str]) -> None:
    upload = checked(cast, users("a"))
    with pytest.raises(Refused):
        edit_row(upload, 2, cells, actor=cast.alice)
    assert outcomes(upload) == {2: "add"}


CELLS = {
    0: ["a@contoso.example", "B@contoso.example", "c@contoso.example", "uma@contoso.example",
        "gone@contoso.example", "a@nowhere.invalid", "a b@contoso.example", ""],
    1: ["Ada", "", "x" * 65],
    3: ["Mail", "Word", "Mail; Word", "Nothing", ""],
}  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from([(at, text) for at in CELLS for text in CELLS[at]])),
    st.tuples(st.just("decide"), st.sampled_from(list(RowDecision))),
)


@given(
    file=st.lists(st.tuples(*(st.sampled_from(CELLS[at]) for at in CELLS)), min_size=1, max_size=6),
    steps=st.lists(st.tuples(st.integers(0, 5), STEP), max_size=6),
    existing=st.sampled_from(list(Licensing)),
)
def test_counts_and_seats_are_always_those_of_a_full_count(
    cast: Cast,
    mail: Subscription,
    file: list[tuple[str, ...]],
    steps: list[tuple[int, tuple[str, Any]]],
    existing: Licensing,
) -> None:
    _fill(cast, mail)
    options = Options(existing=Existing(licenses=existing))
    rows = [[name, first, "", product] for name, first, product in file]
    upload = checked(cast, [HEADINGS, *rows, ["z@contoso.example", "Zoe", "", ""]], options)

    for place, (verb, what) in steps:
        numbers = list(upload.rows.order_by("number").values_list("number", flat=True))
        number = numbers[place % len(numbers)]
        if verb == "edit":
            edit_row(upload, number, dict([what]), actor=cast.alice)
        else:
            decide_row(upload, number, what, actor=cast.alice)
        _assert_counted(upload)

    before = {row.number: (row.outcome, row.seats, row.problems) for row in upload.rows.all()}
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.WAITING)
    check_upload(upload.pk)
    _assert_counted(upload)
    after = {row.number: (row.outcome, row.seats, row.problems) for row in upload.rows.all()}
    assert after == before


def _fill(cast: Cast, mail: Subscription) -> None:
    """Somebody with a license, and somebody who was deleted; once for all examples of a test."""
    if not User.objects.filter(user_name="gone@contoso.example").exists():
        word = ProductFactory.create(name="Word")
        SubscriptionFactory.create(customer=cast.contoso, product=word, holders=[cast.uma])
        UserFactory.create(customer=cast.contoso, local_part="gone", deleted=True)


def _assert_counted(upload: Upload) -> None:
    upload.refresh_from_db()
    rows: Counter[str] = Counter()
    seats: Counter[int] = Counter()
    for row in UploadRow.objects.filter(upload=upload):
        rows[row.outcome] += 1
        for pk, count in row.seats.items():
            seats[int(pk)] += count
    found = UploadCounts.from_json(upload.counts)
    assert found.rows == rows
    assert found.seats == Counter({pk: count for pk, count in seats.items() if count})


def take_name(cast: Cast, mail: Subscription) -> None:
    UserFactory.create(customer=cast.contoso, local_part="new", display_name="Other")


def take_seats(cast: Cast, mail: Subscription) -> None:
    assign(mail, *UserFactory.create_batch(2, customer=cast.contoso))


def delete_person(cast: Cast, mail: Subscription) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)


def suspend(cast: Cast, mail: Subscription) -> None:
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.SUSPENDED)


def cancel_subscription(cast: Cast, mail: Subscription) -> None:
    Subscription.objects.filter(pk=mail.pk).update(status=SubscriptionStatus.CANCELED)


def remove_domain(cast: Cast, mail: Subscription) -> None:
    domains.remove_domain(Domain.objects.get(name="other.example"), actor=cast.alice)


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (take_name, {2}),
        (take_seats, set()),
        (delete_person, {3}),
        (suspend, {2}),
        (cancel_subscription, {2}),
        (remove_domain, {4}),
    ],
)
def test_what_changed_between_confirm_and_the_worker_is_told_and_nothing_written(
    cast: Cast,
    mail: Subscription,
    happens: Callable[[Cast, Subscription], None],
    told: set[int],
) -> None:
    DomainFactory.create(customer=cast.contoso, name="other.example", is_primary=False)
    rows = [
        *users("new", product="Mail"),
        ["uma@contoso.example", "Uma", "Thorn", ""],
        ["o@other.example", "o", "X", ""],
    ]
    upload = checked(cast, rows, Options(existing=Existing(details=True)))
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    happens(cast, mail)
    before = _written()

    running.run_batch(batch.pk)

    batch.refresh_from_db()
    upload.refresh_from_db()
    assert (batch.state, upload.state) == (BatchState.FAILED, UploadState.WAITING)
    assert batch.refusal
    assert upload.refusal == batch.refusal
    assert _written() == before
    check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED
    assert {each["number"] for each in upload.reading.changed} == told
    assert bool(upload.refusal) is not bool(told)
    assert violations() == []


def _written() -> tuple[object, ...]:
    return (
        list(User.objects.order_by("pk").values_list("pk", "display_name", "deleted_at")),
        LicenseAssignment.objects.count(),
        AuditEvent.objects.count(),
        BatchItem.objects.count(),
    )


def test_it_can_be_confirmed_again_after_it_could_not_be_done(
    cast: Cast, mail: Subscription
) -> None:
    upload = checked(cast, users("new", "b", product="Mail"))
    batch = confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    take_name(cast, mail)
    running.run_batch(batch.pk)
    check_upload(upload.pk)
    upload.refresh_from_db()

    again = confirmed(upload, actor=cast.alice)

    assert (again.pk != batch.pk, again.state, added()) == (True, BatchState.DONE, ["b"])
    assert upload.reading.changed == []


def test_confirmed_twice_is_done_once(cast: Cast) -> None:
    upload = checked(cast, users("a"))
    seen = fingerprint(upload)
    batch = confirm_upload(upload, short=Short.STOP, seen=seen, actor=cast.alice)

    with pytest.raises(AlreadyDone) as twice:
        confirm_upload(upload, short=Short.STOP, seen=seen, actor=cast.alice)
    assert twice.value.batch == batch
    assert running.run_batch(batch.pk)
    assert not running.run_batch(batch.pk)
    with pytest.raises(AlreadyDone):
        confirm_upload(upload, short=Short.STOP, seen=seen, actor=cast.alice)
    assert (added(), Batch.objects.count()) == (["a"], 1)


def test_page_that_shows_other_rows_confirms_nothing(cast: Cast) -> None:
    """Also where their number is the same."""
    upload = checked(cast, users("a"))
    seen = fingerprint(upload)
    edit_row(upload, 2, {0: "b@contoso.example"}, actor=cast.gail)

    with pytest.raises(Refused, match="The rows have changed since this page was shown"):
        confirm_upload(upload, short=Short.STOP, seen=seen, actor=cast.alice)
