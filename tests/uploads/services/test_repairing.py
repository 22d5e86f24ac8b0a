"""All wrong rows of one cause at once."""

from collections.abc import Callable
from functools import partial

import pytest

from customers.errors import Refused
from tests.support.cast import Cast, make_cast
from tests.support.threads import rounds, together
from tests.uploads.uploading import outcomes, upload_of
from uploads.models import Upload, UploadState
from uploads.services import (
    Repair,
    RepairAction,
    check_upload,
    edit_row,
    fingerprint,
    repair_rows,
    stop_repair,
)
from uploads.services.readings import ask_to_stop

HEADINGS = ["User Name", "Display Name", "Country or Region", "Department"]
COUNTRY = "country country"
DOMAIN = "user_name unknown-domain"


def checked(cast: Cast, *rows: list[str]) -> Upload:
    return upload_of([HEADINGS, *rows], customer=cast.contoso, actor=cast.alice)


def repaired(upload: Upload, cast: Cast, *, cause: str = "", **what: str) -> int | None:
    upload.refresh_from_db()
    repair = Repair(RepairAction(what.pop("action")), cause, **what)
    return repair_rows(upload, repair, seen=fingerprint(upload), actor=cast.alice)


def cells(upload: Upload, at: int) -> dict[int, str]:
    return {row.number: row.cells[at] for row in upload.rows.order_by("number")}


@pytest.fixture
def atlantis(cast: Cast) -> Upload:
    rows = [[f"u{at}@contoso.example", "U", "Atlantis", ""] for at in range(3)]
    rows += [["x@contoso.example", "X", "Utopia", ""], ["y@contoso.example", "Y", "Norway", ""]]
    return checked(cast, *rows)


def test_a_country_is_replaced_in_all_rows_of_its_cause(cast: Cast, atlantis: Upload) -> None:
    assert repaired(atlantis, cast, action="replace", cause=COUNTRY, text="DE") == 4
    assert cells(atlantis, 2) == {2: "DE", 3: "DE", 4: "DE", 5: "DE", 6: "Norway"}
    assert set(outcomes(atlantis).values()) == {"add"}
    atlantis.refresh_from_db()
    assert (atlantis.counts["rows"], atlantis.counts["causes"]) == ({"add": 5}, {})


def test_one_wrong_value_alone_is_replaced(cast: Cast, atlantis: Upload) -> None:
    repair = {"cause": COUNTRY, "value": "Atlantis", "text": "FR"}
    assert repaired(atlantis, cast, action="replace", **repair) == 3
    assert outcomes(atlantis) == {2: "add", 3: "add", 4: "add", 5: "wrong", 6: "add"}
    assert atlantis.rows.get(number=5).cells[2] == "Utopia"


def test_rows_of_a_cause_are_dropped(cast: Cast, atlantis: Upload) -> None:
    assert repaired(atlantis, cast, action="drop", cause=COUNTRY) == 4
    assert outcomes(atlantis) == {2: "drop", 3: "drop", 4: "drop", 5: "drop", 6: "add"}


def test_a_second_click_changes_nothing(cast: Cast, atlantis: Upload) -> None:
    seen = fingerprint(atlantis)
    repair = Repair(RepairAction.REPLACE, COUNTRY, text="DE")
    repair_rows(atlantis, repair, seen=seen, actor=cast.alice)
    with pytest.raises(Refused) as caught:
        repair_rows(atlantis, repair, seen=seen, actor=cast.alice)
    assert caught.value.code == "rows-changed-meanwhile"


def test_a_domain_is_replaced_behind_each_name(cast: Cast) -> None:
    rows = [["ada@old.example", "Ada", "", ""], ["Bo <bo@old.example>", "Bo", "", ""]]
    upload = checked(cast, *rows, ["cy@other.test", "Cy", "", ""])
    repair = {"cause": DOMAIN, "value": "old.example", "text": "contoso.example"}
    assert repaired(upload, cast, action="replace", **repair) == 2
    assert cells(upload, 0) == {
        2: "ada@contoso.example",
        3: "bo@contoso.example",
        4: "cy@other.test",
    }
    assert outcomes(upload) == {2: "add", 3: "add", 4: "wrong"}


def test_suggestions_collide_with_nobody(cast: Cast) -> None:
    """Neither with each other, nor with a row, nor with a user who is here."""
    upload = checked(
        cast,
        ["jürgen@contoso.example", "J", "", ""],
        ["jürgén@contoso.example", "J", "", ""],
        ["jurgen2@contoso.example", "J", "", ""],
        ["umá@contoso.example", "Not Uma", "", ""],
        ["ada@contoso.example", "Ada", "Germny", ""],
        ["ada@contoso.example", "Ada", "", ""],
    )
    assert repaired(upload, cast, action="use") == 5
    names = list(cells(upload, 0).values())
    assert names == [
        "jurgen@contoso.example",
        "jurgen3@contoso.example",
        "jurgen2@contoso.example",
        "uma2@contoso.example",
        "ada@contoso.example",
        "ada2@contoso.example",
    ]
    assert set(outcomes(upload).values()) == {"add"}


def test_a_name_that_was_pasted_may_be_a_user_who_is_here(cast: Cast) -> None:
    upload = checked(cast, ["Uma <uma@contoso.example>", "Uma", "", ""])
    repaired(upload, cast, action="use")
    assert cells(upload, 0) == {2: "uma@contoso.example"}
    assert outcomes(upload) == {2: "leave"}


def test_many_rows_are_left_to_a_worker(
    cast: Cast, atlantis: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pressed twice or by two, one repair is done, and nothing else is lost or done beside it."""
    monkeypatch.setattr("uploads.services.repairing.AT_ONCE", 2)
    atlantis.refresh_from_db()
    seen = fingerprint(atlantis)
    germany, france = (Repair(RepairAction.REPLACE, COUNTRY, text=code) for code in ("DE", "FR"))
    assert repair_rows(atlantis, germany, seen=seen, actor=cast.alice) is None
    assert repair_rows(atlantis, germany, seen=seen, actor=cast.gail) is None
    late_ones: list[Callable[[], object]] = [
        lambda: repair_rows(atlantis, france, seen=seen, actor=cast.gail),
        lambda: edit_row(atlantis, 2, {2: "FR"}, actor=cast.gail),
    ]
    for late in late_ones:
        with pytest.raises(Refused) as caught:
            late()
        assert caught.value.code == "rows-being-checked"
    atlantis.refresh_from_db()
    assert (atlantis.state, cells(atlantis, 2)[2]) == (UploadState.WAITING, "Atlantis")
    check_upload(atlantis.pk)
    assert cells(atlantis, 2) == {2: "DE", 3: "DE", 4: "DE", 5: "DE", 6: "Norway"}
    assert set(outcomes(atlantis).values()) == {"add"}
    atlantis.refresh_from_db()
    assert (atlantis.reading.repair, atlantis.reading.repaired) == (None, 4)
    with pytest.raises(Refused) as caught:
        repair_rows(atlantis, germany, seen=seen, actor=cast.alice)
    assert caught.value.code == "rows-changed-meanwhile"


@pytest.mark.parametrize("begun", [False, True])
def test_a_stopped_repair_changes_no_row_and_leaves_the_upload_open(
    cast: Cast, atlantis: Upload, monkeypatch: pytest.MonkeyPatch, *, begun: bool
) -> None:
    """What was repaired before stays."""
    monkeypatch.setattr("uploads.services.repairing.AT_ONCE", 1)
    monkeypatch.setattr("uploads.services.rows.CHUNK", 2)
    repairs = {"cause": COUNTRY, "action": "replace"}
    assert repaired(atlantis, cast, **repairs, value="Utopia", text="IS") is None
    check_upload(atlantis.pk)
    assert repaired(atlantis, cast, **repairs, text="DE") is None
    if begun:
        # As the worker finds it: what holds the row sees the wish of another alone.
        atlantis.refresh_from_db()
        ask_to_stop(atlantis)
        check_upload(atlantis.pk)
    else:
        atlantis.refresh_from_db()
        stop_repair(atlantis, begun=atlantis.begun, actor=cast.gail)
        assert not check_upload(atlantis.pk)
    assert cells(atlantis, 2) == dict.fromkeys(range(2, 5), "Atlantis") | {5: "IS", 6: "Norway"}
    atlantis.refresh_from_db()
    assert (atlantis.state, atlantis.reading.repair) == (UploadState.CHECKED, None)
    assert atlantis.refusal == "The repair was stopped. It changed no row; earlier repairs stay."
    with pytest.raises(Refused, match="already done"):
        stop_repair(atlantis, begun=atlantis.begun, actor=cast.alice)
    # The next one is another, which nobody has stopped, nor does a page that is still open.
    assert repaired(atlantis, cast, **repairs, text="DE") is None
    with pytest.raises(Refused, match="already done"):
        stop_repair(atlantis, begun=atlantis.begun, actor=cast.alice)
    check_upload(atlantis.pk)
    assert set(outcomes(atlantis).values()) == {"add"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_repair_that_is_stopped_while_a_worker_is_at_it_is_whole_or_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor does the click wait for the worker, who holds the row."""
    monkeypatch.setattr("uploads.services.repairing.AT_ONCE", 1)
    monkeypatch.setattr("uploads.services.rows.CHUNK", 1)
    cast = make_cast()
    rows = [[f"u{at}@contoso.example", "U", "Atlantis", ""] for at in range(9)]
    for _round in rounds():
        upload = checked(cast, *rows)
        assert repaired(upload, cast, action="replace", cause=COUNTRY, text="DE") is None
        upload.refresh_from_db()
        stop = partial(stop_repair, upload, begun=upload.begun, actor=cast.gail)
        results = together(partial(check_upload, upload.pk), stop)
        check_upload(upload.pk)
        upload.refresh_from_db()
        assert upload.state == UploadState.CHECKED
        stopped = upload.refusal.startswith("The repair was stopped.")
        assert set(cells(upload, 2).values()) == {"Atlantis" if stopped else "DE"}
        assert upload.reading.repaired == (None if stopped else 9)
        assert not (stopped and isinstance(results[1], Refused))


def test_suggestions_of_a_worker_collide_with_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor across the chunks in which it walks."""
    monkeypatch.setattr("uploads.services.repairing.AT_ONCE", 0)
    monkeypatch.setattr("uploads.services.rows.CHUNK", 1)
    upload = checked(cast, *([f"jürg{char}n@contoso.example", "J", "", ""] for char in "éèe"))
    assert repaired(upload, cast, action="use") is None
    check_upload(upload.pk)
    names = ["jurgen@contoso.example", "jurgen2@contoso.example", "jurgen3@contoso.example"]
    assert list(cells(upload, 0).values()) == names
    assert set(outcomes(upload).values()) == {"add"}


def test_a_column_that_is_not_read_is_not_replaced(cast: Cast) -> None:
    upload = upload_of(
        [["User Name", "Pet"], ["ada@contoso.exampel", "cat"]],
        customer=cast.contoso,
        actor=cast.alice,
    )
    with pytest.raises(Refused) as caught:
        repaired(upload, cast, action="replace", text="dog")
    assert caught.value.code == "columns-changed-meanwhile"
    assert cells(upload, 1) == {2: "cat"}


@pytest.mark.parametrize(
    ("repair", "code"),
    [
        (Repair(RepairAction.REPLACE, COUNTRY, text="a\0b"), "cell-wrong"),
        (Repair(RepairAction.REPLACE, COUNTRY, text="x" * 1_001), "cell-too-long"),
        (Repair(RepairAction.DROP, "a\0b"), "cell-wrong"),
        (Repair(RepairAction.DROP, COUNTRY, value="a\0b"), "cell-wrong"),
        (Repair(RepairAction.DROP, COUNTRY, value="x" * 100_000), "cell-too-long"),
        (Repair(RepairAction.REPLACE, "street ", text="x"), "columns-changed-meanwhile"),
        (Repair(RepairAction.REPLACE, "user_name twice", text="x"), "columns-changed-meanwhile"),
        (Repair(RepairAction.REPLACE, text="x"), "columns-changed-meanwhile"),
        (Repair(RepairAction.DROP, "department "), "row-gone"),
    ],
)
def test_what_no_page_offers_is_refused(
    cast: Cast, atlantis: Upload, repair: Repair, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        repair_rows(atlantis, repair, seen=fingerprint(atlantis), actor=cast.alice)
    assert caught.value.code == code
    assert outcomes(atlantis)[2] == "wrong"
