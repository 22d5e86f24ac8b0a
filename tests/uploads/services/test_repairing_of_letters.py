"""Letters that were garbled before the file came, repaired in all rows by one click."""

import pytest

from customers.errors import Refused
from tests.support.cast import Cast, make_cast
from tests.support.threads import together
from tests.uploads.uploading import outcomes, upload_of
from uploads.models import RowDecision, Upload, UploadState
from uploads.services import (
    Existing,
    Options,
    Repair,
    RepairAction,
    Short,
    UploadCounts,
    check_upload,
    confirm_upload,
    decide_row,
    edit_row,
    fingerprint,
    repair_rows,
)
from uploads.services.cells.repairs import GARBLED_LETTERS

LETTERS = Repair(RepairAction.USE, GARBLED_LETTERS)
# As people have them: garbled, lost as the mark of a lost letter or as "?", and written for a page.
FILE = """First name,Last name,Email
JosÃ©,GarcÃ\xada,jose.g@contoso.example
Mar\ufffda,L\ufffdpez,maria.l@contoso.example
M?ller,J?rgen,jm@contoso.example
&Eacute;mile,O&#39;Brien,emile@contoso.example
Zoë,Who?,zoe@contoso.example"""
LOST = {3: ["Mar\ufffda", "L\ufffdpez"], 4: ["M?ller", "J?rgen"]}


def checked(cast: Cast, text: str = FILE, options: Options | None = None) -> Upload:
    return upload_of(text.encode(), customer=cast.contoso, actor=cast.alice, options=options)


def repaired(upload: Upload, cast: Cast, repair: Repair = LETTERS) -> int | None:
    upload.refresh_from_db()
    return repair_rows(upload, repair, seen=fingerprint(upload), actor=cast.alice)


def names(upload: Upload) -> dict[int, list[str]]:
    return {row.number: row.cells[:2] for row in upload.rows.order_by("number")}


def warnings(upload: Upload) -> tuple[dict[str, int], int]:
    """How many rows by cause, how many in all; what is counted is what the rows have."""
    upload.refresh_from_db()
    tally = UploadCounts.from_json(upload.counts)
    assert tally.warned == upload.rows.filter(warns=True).count()
    return {cause: count for cause, count in tally.warnings.items() if count}, tally.warned


def test_garbled_names_are_repaired_in_all_rows_and_lost_letters_stay_a_warning(
    cast: Cast,
) -> None:
    upload = checked(cast)
    assert warnings(upload) == ({"garbled": 2, "letter-lost": 2}, 4)
    assert repaired(upload, cast) == 2
    assert names(upload) == {
        2: ["José", "García"],
        **LOST,
        5: ["Émile", "O'Brien"],
        6: ["Zoë", "Who?"],
    }
    assert warnings(upload) == ({"letter-lost": 2}, 2)
    assert set(outcomes(upload).values()) == {"add"}


def test_all_suggestions_are_those_of_wrong_rows_and_of_garbled_letters(cast: Cast) -> None:
    upload = checked(cast, f"{FILE}\nAndrÃ©,X,andre@contoso.exampel")
    assert repaired(upload, cast, Repair(RepairAction.USE)) == 3
    assert upload.rows.get(number=7).cells == ["André", "X", "andre@contoso.example"]
    assert names(upload)[2] == ["José", "García"]
    assert outcomes(upload)[7] == "add"


def test_a_row_may_be_garbled_in_one_cell_and_have_lost_a_letter_in_another(cast: Cast) -> None:
    upload = checked(cast, "First name,Last name,Email\nJosÃ©,L?pez,j@contoso.example")
    assert warnings(upload) == ({"garbled": 1, "letter-lost": 1}, 1)
    repaired(upload, cast)
    assert (names(upload), warnings(upload)) == ({2: ["José", "L?pez"]}, ({"letter-lost": 1}, 1))


def test_a_row_that_is_repaired_by_hand_or_dropped_is_counted_no_more(cast: Cast) -> None:
    upload = checked(cast)
    edit_row(upload, 3, {0: "María", 1: "López"}, actor=cast.alice)
    assert warnings(upload) == ({"garbled": 2, "letter-lost": 1}, 3)
    decide_row(upload, 2, RowDecision.DROP, actor=cast.alice)
    assert warnings(upload) == ({"garbled": 1, "letter-lost": 1}, 2)
    decide_row(upload, 2, RowDecision.NONE, actor=cast.alice)
    assert warnings(upload) == ({"garbled": 2, "letter-lost": 1}, 3)


def test_names_of_which_nothing_is_used_are_no_warning(cast: Cast) -> None:
    text = "Display name,Email\nUmÃ¡,uma@contoso.example"
    left = checked(cast, text)
    assert (outcomes(left), warnings(left)) == ({2: "leave"}, ({}, 0))
    changed = checked(cast, text, Options(existing=Existing(details=True)))
    assert (outcomes(changed), warnings(changed)) == ({2: "change"}, ({"garbled": 1}, 1))
    repaired(changed, cast)
    assert names(changed) == {2: ["Umá", "uma@contoso.example"]}


def test_digits_and_values_that_are_lost_are_warnings_as_well(cast: Cast) -> None:
    text = "Display name,Email,Mobile Phone,Office\nAda,ada@contoso.example,4.91701E+11,####"
    assert warnings(checked(cast, text)) == ({"digits-lost": 1, "too-narrow": 1}, 1)


@pytest.mark.parametrize(
    ("first", "name", "suggestion"),
    [
        ("JosÃ©", "josÃ©@contoso.example", "jose@contoso.example"),
        # A name without one of its letters is nobody's.
        ("María", "mar\ufffda@contoso.example", "maria@contoso.example"),
        ("Mar?a", "mar?a@contoso.example", ""),
        ("JosÃ©", "", "jose@contoso.example"),
    ],
)
def test_a_user_name_is_suggested_without_what_was_garbled_in_it(
    cast: Cast, first: str, name: str, suggestion: str
) -> None:
    upload = checked(cast, f"First name,Email\n{first},{name}")
    [problem] = upload.rows.get().problems
    assert problem["suggestion"] == suggestion


def test_right_letters_that_an_address_may_not_have_are_no_suggestion(cast: Cast) -> None:
    upload = checked(
        cast, "Display name,Email,Alternate email address\nJ,j@contoso.example,josÃ© @x.example"
    )
    [notice] = upload.rows.get().notices
    assert ("josé @x.example" in notice["text"], notice["suggestion"]) == (True, "")
    assert warnings(upload) == ({}, 0)


def test_what_was_confirmed_is_repaired_no_more(cast: Cast) -> None:
    upload = checked(cast)
    confirm_upload(upload, short=Short.STOP, seen=fingerprint(upload), actor=cast.alice)
    with pytest.raises(Refused) as caught:
        repaired(upload, cast)
    assert caught.value.code == "upload-closed"
    assert names(upload)[2] == ["JosÃ©", "GarcÃ\xada"]


def test_a_page_that_is_out_of_date_repairs_nothing(cast: Cast) -> None:
    upload = checked(cast)
    seen = fingerprint(upload)
    edit_row(upload, 3, {0: "María"}, actor=cast.alice)
    with pytest.raises(Refused) as caught:
        repair_rows(upload, LETTERS, seen=seen, actor=cast.alice)
    assert caught.value.code == "rows-changed-meanwhile"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_time_one_repairs() -> None:
    cast = make_cast()
    upload = checked(cast)
    seen = fingerprint(upload)
    results = together(
        *(
            lambda actor=actor: repair_rows(
                Upload.objects.get(pk=upload.pk), LETTERS, seen=seen, actor=actor
            )
            for actor in (cast.alice, cast.gail)
        )
    )
    [refused] = [each for each in results if isinstance(each, Refused)]
    assert refused.code == "rows-changed-meanwhile"
    assert [each for each in results if each is not refused] == [2]
    assert warnings(upload) == ({"letter-lost": 2}, 2)


def test_many_garbled_rows_are_left_to_a_worker(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uploads.services.repairing.AT_ONCE", 1)
    upload = checked(cast)
    assert repaired(upload, cast) is None
    upload.refresh_from_db()
    assert upload.state == UploadState.WAITING
    check_upload(upload.pk)
    assert warnings(upload) == ({"letter-lost": 2}, 2)


@pytest.mark.parametrize(
    ("action", "code"),
    [(RepairAction.DROP, "row-gone"), (RepairAction.REPLACE, "columns-changed-meanwhile")],
)
def test_garbled_rows_are_neither_dropped_nor_replaced_at_once(
    cast: Cast, action: RepairAction, code: str
) -> None:
    upload = checked(cast, f"{FILE}\n,X,x@contoso.exampel")
    with pytest.raises(Refused) as caught:
        repaired(upload, cast, Repair(action, GARBLED_LETTERS, text="x"))
    assert caught.value.code == code
    assert names(upload)[2] == ["JosÃ©", "GarcÃ\xada"]
    assert outcomes(upload)[7] == "wrong"
